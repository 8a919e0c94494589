import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { JWS } from 'node-jose';
import { signCompact, verifyCompact } from './compact-es256.js';
import { jsonWebKey } from '#test/jose/json-web-key.js';
import { withoutKeyId } from '#test/jose/without-key-id.js';

/** A P-256 key pair the DER of whose public point, 04 3F ..., reads as an OCTET STRING of just the right length. */
function keyPairLikeAnOctetString(): KeyPairKeyObjectResult {
  for (;;) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '' } = pair.publicKey.export({ format: 'jwk' });
    if (Buffer.from(x, 'base64url')[0] === 0x3f) return pair;
  }
}

describe('a compact JWS with ES256', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = { alg: 'ES256', typ: 'test' };

  it('is read by another library', async () => {
    const jws = signCompact(header, 'heard, größer', privateKey);
    const { payload } = await JWS.createVerify(await jsonWebKey(publicKey), { algorithms: ['ES256'] }).verify(jws);
    expect(payload.toString('utf8')).toBe('heard, größer');
  });

  it('is read when another library made it', async () => {
    const signer = JWS.createSign({ format: 'compact', fields: header }, withoutKeyId(await jsonWebKey(privateKey)));
    const jws = (await signer.update('heard', 'utf8').final()) as unknown as string;
    expect(verifyCompact(jws, publicKey)?.toString('utf8')).toBe('heard');
  });

  it('is made with every EC key, also one that looks like nested DER', async () => {
    const pair = keyPairLikeAnOctetString();
    const jws = signCompact(header, 'heard', pair.privateKey);
    expect(verifyCompact(jws, pair.publicKey)?.toString('utf8')).toBe('heard');
    const { payload } = await JWS.createVerify(await jsonWebKey(pair.publicKey)).verify(jws);
    expect(payload.toString('utf8')).toBe('heard');
  });

  it('is refused with any part changed, cut or added', () => {
    const jws = signCompact(header, 'heard', privateKey);
    const [first = '', payload = '', signature = ''] = jws.split('.');
    const other = signCompact({ alg: 'ES256' }, 'other', privateKey).split('.');
    const changed = [
      `${other[0] ?? ''}.${payload}.${signature}`,
      `${first}.${other[1] ?? ''}.${signature}`,
      `${first}.${payload}.${other[2] ?? ''}`,
      `${first}.${payload}.${signature.slice(0, -4)}`,
      `${first}.${payload}.${signature}AAAA`,
      `${first}.${payload}.`,
      `${first}.${payload}`,
      `${jws}.`,
      `${jws}\n`,
      ` ${jws}`,
      '',
      '..',
    ];
    for (const text of changed) expect([text, verifyCompact(text, publicKey)]).toEqual([text, undefined]);
  });

  it('is refused under another key, and under keys of other kinds', () => {
    const jws = signCompact(header, 'heard', privateKey);
    const others = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ed25519'),
    ];
    for (const other of others) expect(verifyCompact(jws, other.publicKey)).toBeUndefined();
  });
});
