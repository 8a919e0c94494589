import { sameIssuerAndSerialNumber } from '#asn1';
import type { VaultKeyLookup } from '../token/vault-key-lookup.js';
import type { RecipientIdentifier } from '../token/recipient-identifier.js';
import type { VaultKey } from '../token/vault-key.js';

/** A key as a grant to rewrap names it: for certain. */
export interface GrantedKey {
  readonly contactCenter: string;
  /** Subject key identifier that the public key makes. */
  readonly from: string;
}

export interface KeyOfRecipient<Recipient> {
  readonly recipient: Recipient;
  readonly key: VaultKey;
  /** Whether no other key of the contact center bears the recipient's name: it is for this key then, or for none of ours. */
  readonly certain: boolean;
}

interface Named {
  readonly identifier: RecipientIdentifier;
}

/**
 * The recipient of an envelope that bears a name of the granted key; one that no other key shares comes first. The
 * vault sees no content by which it could tell keys of one name apart.
 */
export async function findKeyOf<Recipient extends Named>(
  lookup: VaultKeyLookup,
  recipients: readonly Recipient[],
  { contactCenter, from }: GrantedKey,
  signal: AbortSignal,
): Promise<KeyOfRecipient<Recipient> | undefined> {
  const isOurs = (key: VaultKey): boolean => key.purpose === 'RECORDING' && key.contactCenter === contactCenter;
  const known = ofGrantedKey(
    recipients,
    recipients.map(({ identifier }) => lookup.known(identifier, isOurs)),
    from,
  );
  if (known !== undefined) return known;
  // Together, because they share one reading of the tokens.
  const found = await Promise.all(recipients.map(({ identifier }) => lookup.find(identifier, isOurs, signal)));
  return ofGrantedKey(recipients, found, from);
}

function ofGrantedKey<Recipient extends Named>(
  recipients: readonly Recipient[],
  found: readonly (readonly VaultKey[])[],
  from: string,
): KeyOfRecipient<Recipient> | undefined {
  const candidates = recipients.flatMap((recipient, index) => {
    const named = found[index] ?? [];
    const key = named.find(({ keyIdentifier }) => keyIdentifier === from);
    if (key === undefined) return [];
    const isAlone =
      recipients.filter(({ identifier }) => sameIdentifier(identifier, recipient.identifier)).length === 1;
    return [{ recipient, key, certain: isAlone && named.every(({ keyIdentifier }) => keyIdentifier === from) }];
  });
  return candidates.find(({ certain }) => certain) ?? candidates[0];
}

/** Whether two recipients are named alike (RFC 5280, 7.1 for the issuer). */
export function sameIdentifier(left: RecipientIdentifier, right: RecipientIdentifier): boolean {
  switch (left.type) {
    case 'subject-key-identifier':
      return right.type === left.type && left.keyIdentifier.equals(right.keyIdentifier);
    case 'issuer-and-serial-number':
      return right.type === left.type && sameIssuerAndSerialNumber(left, right);
    case 'key-name':
      return right.type === left.type && left.keyName === right.keyName;
  }
}
