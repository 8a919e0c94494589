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

/**
 * The first of these recipients whose key is in a token and wanted. The tokens are read again only when there is none:
 * most envelopes have recipients that are not ours.
 */
export async function findRecipient<Recipient extends { readonly identifier: Identifier }>(
  keys: KeyStore,
  recipients: readonly Recipient[],
  wanted: WantedKey,
  signal: AbortSignal,
): Promise<{ readonly recipient: Recipient; readonly key: VaultKey } | undefined> {
  const { contactCenter } = wanted;
  const known = recipients.map(({ identifier }) =>
    identifier.type === 'key-name' ? undefined : keys.known(identifier),
  );
  const first = firstWanted(recipients, known, wanted);
  if (first !== undefined) return first;
  // Together, because they share one reading of the tokens.
  const found = await Promise.all(
    recipients.map(({ identifier }) =>
      identifier.type === 'key-name'
        ? keys.findNamed(identifier.keyName, contactCenter, signal)
        : keys.find(identifier, signal),
    ),
  );
  return firstWanted(recipients, found, wanted);
}

function firstWanted<Recipient>(
  recipients: readonly Recipient[],
  keys: readonly (VaultKey | undefined)[],
  { contactCenter, keyIdentifier }: WantedKey,
): { readonly recipient: Recipient; readonly key: VaultKey } | undefined {
  for (const [index, recipient] of recipients.entries()) {
    const key = keys[index];
    if (key?.purpose !== 'RECORDING') continue;
    if ((contactCenter ?? key.contactCenter) !== key.contactCenter) continue;
    if ((keyIdentifier ?? key.keyIdentifier) !== key.keyIdentifier) continue;
    return { recipient, key };
  }
  return undefined;
}
