import { generateKeyPairSync } from 'node:crypto';
import { JWS } from 'node-jose';
import { signCompact, verifyCompact } from './compact-es256.js';
import { jsonWebKey } from './json-web-key.js';
import { withoutKeyId } from './without-key-id.js';

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
