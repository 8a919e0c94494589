import type { DetachedEnvelope } from '#cms';
import type { KeyStore } from './key-store.js';
import type { VaultKey } from './vault-key.js';

type Identifier = DetachedEnvelope['recipients'][number]['identifier'];

/** Which keys of recordings will do. */
export interface WantedKey {
  /** Whose; every one's where it is undefined. */
  readonly contactCenter: string | undefined;
  readonly keyIdentifier?: string;
}

export interface FoundRecipient<Recipient> {
  readonly recipient: Recipient;
  readonly key: VaultKey;
}

interface KeyName {
  readonly identifier: Identifier;
}

/** The first of these recipients whose key is wanted, as far as keys are known without asking a token. */
function knownRecipient<Recipient extends KeyName>(
  keys: KeyStore,
  recipients: readonly Recipient[],
  wanted: WantedKey,
): FoundRecipient<Recipient> | undefined {
  for (const recipient of recipients) {
    const { identifier } = recipient;
    const key = identifier.type === 'key-name' ? undefined : keys.known(identifier);
    if (key !== undefined && isWanted(key, wanted)) return { recipient, key };
  }
  return undefined;
}

/**
 * The first of these recipients whose key is in a token and wanted. The tokens are read again only when there is none
 * that is known: most envelopes have recipients that are not ours.
 */
export async function findRecipient<Recipient extends KeyName>(
  keys: KeyStore,
  recipients: readonly Recipient[],
  wanted: WantedKey,
  signal: AbortSignal,
): Promise<FoundRecipient<Recipient> | undefined> {
  const known = knownRecipient(keys, recipients, wanted);
  if (known !== undefined) return known;
  // Together, because they share one reading of the tokens.
  const found = await Promise.all(
    recipients.map(({ identifier }) =>
      identifier.type === 'key-name'
        ? keys.findNamed(identifier.keyName, wanted.contactCenter, signal)
        : keys.find(identifier, signal),
    ),
  );
  for (const [index, recipient] of recipients.entries()) {
    const key = found[index];
    if (key !== undefined && isWanted(key, wanted)) return { recipient, key };
  }
  return undefined;
}

const isWanted = (key: VaultKey, { contactCenter, keyIdentifier }: WantedKey): boolean =>
  key.purpose === 'RECORDING' &&
  (contactCenter ?? key.contactCenter) === key.contactCenter &&
  (keyIdentifier ?? key.keyIdentifier) === key.keyIdentifier;
