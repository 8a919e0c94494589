import type { KeyObject } from 'node:crypto';
import { JWK } from 'node-jose';

/**
 * A key of Node for use with node-jose. Read by Node, because node-jose's own PEM reader refuses one EC key in 256: it
 * takes a public point whose first coordinate begins with 0x3F for a nested OCTET STRING.
 */
export async function jsonWebKey(key: KeyObject): Promise<JWK.Key> {
  return await JWK.asKey(key.export({ format: 'jwk' }));
}
