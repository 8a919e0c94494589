import { generateKeyPairSync } from 'node:crypto';
import { JWE, JWK } from 'node-jose';
import { jsonWebKey } from './json-web-key.js';

/**
 * A private key as callers send it (RFC 7518 section 4.6): encrypted to a key of a vault, by a library that the server
 * does not use. Node makes the ephemeral key: node-jose multiplies points of the curve in JavaScript, for a second.
 * @param publicKey JSON Web Key on P-256
 * @param pkcs8 DER
 */
export async function sealedKey(publicKey: object, pkcs8: Buffer): Promise<string> {
  const options = { format: 'compact', contentAlg: 'A256GCM', fields: { alg: 'ECDH-ES' } } as const;
  const epk = await jsonWebKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  // node-jose takes an ephemeral key, and its type declarations do not know it.
  const recipient = { key: await JWK.asKey(publicKey), epk } as unknown as JWK.Key;
  return await JWE.createEncrypt(options, recipient).update(pkcs8).final();
}
