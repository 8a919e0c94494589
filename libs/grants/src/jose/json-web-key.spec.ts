import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { JWS } from 'node-jose';
import { jsonWebKey } from './json-web-key.js';

/** A P-256 key pair the DER of whose public point, 04 3F ..., reads as an OCTET STRING of just the right length. */
function keyPairLikeAnOctetString(): KeyPairKeyObjectResult {
  for (;;) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '' } = pair.publicKey.export({ format: 'jwk' });
    if (Buffer.from(x, 'base64url')[0] === 0x3f) return pair;
  }
}

describe('jsonWebKey', () => {
  it('takes every EC key, also one that looks like nested DER', async () => {
    const { privateKey, publicKey } = keyPairLikeAnOctetString();
    const signer = JWS.createSign({ format: 'compact', fields: { alg: 'ES256' } }, await jsonWebKey(privateKey));
    const signed = (await signer.update('heard', 'utf8').final()) as unknown as string;
    const { payload } = await JWS.createVerify(await jsonWebKey(publicKey)).verify(signed);
    expect(payload.toString('utf8')).toBe('heard');
  });
});
