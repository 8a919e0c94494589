import type { KeySelector, TokenKey } from './token-key.js';

/**
 * Keys of several tokens that bear one name, those first that have it for certain (their own identifier) or to the letter
 * (the very bytes of issuer and serial number).
 */
export function likeliestFirst(selector: KeySelector, keys: readonly TokenKey[]): readonly TokenKey[] {
  if (keys.length < 2) return keys;
  const bears = (key: TokenKey): boolean =>
    selector.type === 'subject-key-identifier'
      ? key.id.equals(selector.keyIdentifier)
      : key.issuer?.equals(selector.issuer) === true && key.serialNumber?.equals(selector.serialNumber) === true;
  return [...keys.filter(bears), ...keys.filter(key => !bears(key))];
}
