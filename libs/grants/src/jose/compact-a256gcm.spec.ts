import { createSecretKey, randomBytes } from 'node:crypto';
import { JWE, JWK } from 'node-jose';
import { decryptCompact, encryptCompact } from './compact-a256gcm.js';
import { withoutKeyId } from '#test/jose/without-key-id.js';

describe('a compact JWE with direct A256GCM', () => {
  const secret = randomBytes(32);
  const key = createSecretKey(secret);
  const message = randomBytes(32);
  const theirKey = () => JWK.asKey({ kty: 'oct', k: secret.toString('base64url'), alg: 'A256GCM' });

  it('is read by another library', async () => {
    const options = { algorithms: ['dir', 'A256GCM'] };
    const { plaintext } = await JWE.createDecrypt(await theirKey(), options).decrypt(encryptCompact(message, key));
    expect(Buffer.from(plaintext)).toEqual(message);
  });

  it('is read when another library made it', async () => {
    const fields = { format: 'compact', contentAlg: 'A256GCM', fields: { alg: 'dir' } } as const;
    const jwe = await JWE.createEncrypt(fields, withoutKeyId(await theirKey()))
      .update(message)
      .final();
    expect(decryptCompact(jwe, key)).toEqual(message);
  });

  it('differs each time', () => {
    expect(encryptCompact(message, key)).not.toBe(encryptCompact(message, key));
  });

  it('is refused with any character changed, cut or added, and under another key', () => {
    const jwe = encryptCompact(message, key);
    for (let index = 0; index < jwe.length; index++) {
      // The last character of a part may hold bits that nobody reads.
      if (jwe[index + 1] === '.' || index === jwe.length - 1) continue;
      const other = jwe[index] === 'A' ? 'B' : 'A';
      expect([index, decryptCompact(jwe.slice(0, index) + other + jwe.slice(index + 1), key)]).toEqual([
        index,
        undefined,
      ]);
    }
    const header = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString('base64url');
    const rest = jwe.slice(jwe.indexOf('.'));
    for (const text of ['', '....', `${jwe}A`, jwe.slice(0, -1), `${jwe}\n`, `${header}${rest}`, `!${rest}`])
      expect([text, decryptCompact(text, key)]).toEqual([text, undefined]);
    expect(decryptCompact(jwe, createSecretKey(randomBytes(32)))).toBeUndefined();
  });
});
