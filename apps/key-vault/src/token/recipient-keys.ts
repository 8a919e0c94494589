import { maximumUnwrapCandidates } from '#contracts';
import type { KeyStore } from './key-store.js';
import type { RecipientIdentifier } from './recipient-identifier.js';
import type { VaultKey } from './vault-key.js';

/** Which keys of recordings will do. */
export interface WantedKey {
  /** Whose; every one's where it is undefined. */
  readonly contactCenter: string | undefined;
  /** Keys, by their identifiers, that did not open the content. */
  readonly tried?: readonly string[];
}

/** A recipient of an envelope, and a key that bears its name. */
export interface Attempt<Recipient> {
  readonly recipient: Recipient;
  readonly key: VaultKey;
}

/** What can be tried at once, the likeliest first; which one is right the content tells. */
export interface RecipientKeys<Recipient> {
  /** A key that is among them is there with every recipient whose name it bears: once tried, it is done with. */
  readonly attempts: readonly [Attempt<Recipient>, ...Attempt<Recipient>[]];
  /** Whether other wanted keys are known, of this name or of a further recipient's. */
  readonly more: boolean;
}

interface NamedRecipient {
  readonly identifier: RecipientIdentifier;
}

/**
 * The keys that bear the name of the first of these recipients that has any, each with all recipients of its names: an
 * envelope may have two recipients of one name, and the first need not be the one that the key opens. Of more recipients
 * of one name than are tried at once the first are. Whose they are is asked before anything else: what another contact
 * center calls its keys is of no consequence. The tokens are read again only where no wanted key is known: most envelopes
 * have recipients that are not ours. Disabled keys are passed over: what a further recipient opens does not
 * need them.
 * @throws RcsError RCS_KEY_DISABLED when the only keys that would do are disabled
 */
export async function findRecipientKeys<Recipient extends NamedRecipient>(
  keys: KeyStore,
  recipients: readonly Recipient[],
  wanted: WantedKey,
  signal: AbortSignal,
): Promise<RecipientKeys<Recipient> | undefined> {
  const would = (key: VaultKey): boolean => isRecordingKeyOf(wanted, key);
  const isWanted = (key: VaultKey): boolean => would(key) && keys.disabled.of(key) === undefined;
  const known = firstAttempts(
    recipients,
    recipients.map(({ identifier }) => keys.lookup.known(identifier, isWanted)),
  );
  if (known !== undefined) {
    // Who asks on hears that the others are disabled.
    const all = recipients.flatMap(({ identifier }) => keys.lookup.known(identifier, would));
    return { ...known, more: known.more || all.some(key => !isWanted(key)) };
  }
  // Together, because they share one reading of the tokens.
  const found = await Promise.all(recipients.map(({ identifier }) => keys.lookup.find(identifier, isWanted, signal)));
  const chosen = firstAttempts(recipients, found);
  if (chosen !== undefined) return chosen;
  const [disabled] = recipients.flatMap(({ identifier }) => keys.lookup.known(identifier, would));
  if (disabled !== undefined) keys.requireEnabled(disabled);
  return undefined;
}

function firstAttempts<Recipient>(
  recipients: readonly Recipient[],
  found: readonly (readonly VaultKey[])[],
): RecipientKeys<Recipient> | undefined {
  const [first, ...others] = eachOnce(found.find(keys => keys.length > 0) ?? []);
  if (first === undefined) return undefined;
  const attemptsOf = (key: VaultKey): Attempt<Recipient>[] =>
    recipients
      .filter((_, index) => found[index]?.some(one => isSameKey(one, key)))
      .map(recipient => ({ recipient, key }));
  const [likeliest, ...again] = attemptsOf(first).slice(0, maximumUnwrapCandidates);
  if (likeliest === undefined) return undefined;
  const attempts: [Attempt<Recipient>, ...Attempt<Recipient>[]] = [likeliest, ...again];
  for (const key of others) {
    const further = attemptsOf(key);
    if (attempts.length + further.length > maximumUnwrapCandidates) break;
    attempts.push(...further);
  }
  const more = found.some(named => named.some(key => !attempts.some(attempt => isSameKey(attempt.key, key))));
  return { attempts, more };
}

const isSameKey = (one: VaultKey, other: VaultKey): boolean => one.keyIdentifier === other.keyIdentifier;

/** However many certificates it has. */
function eachOnce(keys: readonly VaultKey[]): readonly VaultKey[] {
  if (keys.length < 2) return keys;
  const seen = new Set<string>();
  return keys.filter(({ keyIdentifier }) => seen.size < seen.add(keyIdentifier).size);
}

const isRecordingKeyOf = ({ contactCenter, tried = [] }: WantedKey, key: VaultKey): boolean =>
  key.purpose === 'RECORDING' &&
  (contactCenter ?? key.contactCenter) === key.contactCenter &&
  !tried.includes(key.keyIdentifier);
