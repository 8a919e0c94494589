import type { JWK } from 'node-jose';

/**
 * Keeps the key id out of a JOSE header: node-jose derives it from the key, and its type declarations do not know this
 * form of the argument although its documentation does.
 */
export function withoutKeyId(key: JWK.Key): JWK.Key {
  return { key, reference: false } as unknown as JWK.Key;
}
