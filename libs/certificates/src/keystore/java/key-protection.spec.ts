import { createCipheriv, createHash, createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../../testing/certificate-refusal.js';
import { keytool, keytoolTimeoutMs } from '../../testing/keytool.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { readKeystore } from '../read-keystore.js';
import { openProtectedKey } from './key-protection.js';

jest.setTimeout(keytoolTimeoutMs);

const password = 'storepwd';
const salt = Buffer.from('0102030401020304', 'hex');
const iterations = 5;

const u32 = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
const text = (value: string): Buffer => Buffer.concat([Buffer.of(0, value.length), Buffer.from(value)]);

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content);
  const length =
    value.length < 0x80 ? Buffer.of(value.length) : Buffer.of(0x82, value.length >> 8, value.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

/**
 * As Java encrypts when chance gives a salt of twice the same half: it turns the first one round.
 * @param claimed the salt and iteration count that the parameters name.
 */
function protect(pkcs8: Buffer, claimed = [der(0x04, salt), der(0x02, Buffer.of(iterations))]): Buffer {
  const digests = [Buffer.of(4, 3, 2, 1), Buffer.of(1, 2, 3, 4)].map(half => {
    let digest: Buffer = half;
    for (let i = 0; i < iterations; i++) digest = createHash('md5').update(digest).update(password).digest();
    return digest;
  });
  const secret = Buffer.concat(digests);
  const cipher = createCipheriv('des-ede3-cbc', secret.subarray(0, 24), secret.subarray(24));
  // 1.3.6.1.4.1.42.2.19.1
  const identifier = der(0x06, Buffer.from('2b060104012a021301', 'hex'));
  const parameters = der(0x30, ...claimed);
  return der(0x30, der(0x30, identifier, parameters), der(0x04, cipher.update(pkcs8), cipher.final()));
}

function keystore(protectedKey: Buffer, certificate: Buffer): Buffer {
  const entry = [u32(1), text('tenant'), Buffer.alloc(8), u32(protectedKey.length), protectedKey];
  const chain = [u32(1), text('X.509'), u32(certificate.length), certificate];
  const body = Buffer.concat([u32(0xcececece), u32(2), u32(1), ...entry, ...chain]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  return Buffer.concat([body, createHash('sha1').update(secret).update('Mighty Aphrodite').update(body).digest()]);
}

describe(openProtectedKey.name, () => {
  const files = new OpenSsl();

  beforeAll(() => {
    const request = ['-newkey', 'rsa:2048', '-noenc', '-keyout', 'a.key', '-subj', '/CN=A'];
    files.run('req', '-x509', ...request, '-outform', 'der', '-out', 'a.der');
    files.run('pkcs8', '-topk8', '-nocrypt', '-in', 'a.key', '-outform', 'der', '-out', 'a.pkcs8');
  });
  afterAll(() => files.remove());

  it('opens what Java opens when both halves of the salt are the same', () => {
    const protectedKey = protect(files.read('a.pkcs8'));
    writeFileSync(join(files.directory, 'halves'), keystore(protectedKey, files.read('a.der')));
    const source = ['-srckeystore', 'halves', '-srcstoretype', 'JCEKS', '-srcstorepass', password];
    const target = ['-destkeystore', 'halves.p12', '-deststoretype', 'PKCS12', '-deststorepass', password];
    keytool(files.directory, '-importkeystore', '-noprompt', ...source, ...target);
    const original = createPrivateKey(files.read('a.key'));
    for (const name of ['halves', 'halves.p12']) {
      const [entry] = readKeystore(files.read(name), password).entries;
      if (entry?.type !== 'private-key') throw new Error('no private key');
      const key = createPrivateKey({ key: entry.openPrivateKey(), format: 'der', type: 'pkcs8' });
      expect(key.equals(original)).toBe(true);
    }
  });

  it('refuses a salt of another length, no iterations and too many', () => {
    const pkcs8 = files.read('a.pkcs8');
    const code = (secret: string, ...claimed: [Buffer, Buffer] | []) =>
      refusal(() => openProtectedKey(claimed.length === 0 ? protect(pkcs8) : protect(pkcs8, claimed), secret));
    const count = (hex: string): Buffer => der(0x02, Buffer.from(hex, 'hex'));
    expect(code(password)).toBeUndefined();
    expect(code('wrong')).toBe('PRIVATE_KEY_PASSWORD_WRONG');
    expect(code(password, der(0x04, salt), count('00'))).toBe('PRIVATE_KEY_MALFORMED');
    expect(code(password, der(0x04, salt.subarray(1)), count('05'))).toBe('PRIVATE_KEY_MALFORMED');
    expect(code(password, der(0x04, salt), count('7fffffff'))).toBe('ENCRYPTION_TOO_COSTLY');
  });
});
