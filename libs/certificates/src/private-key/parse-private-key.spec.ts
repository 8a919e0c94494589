import { createPrivateKey } from 'node:crypto';
import { CertificateError, type CertificateErrorCode } from '../certificate-error.js';
import { parseCertificatePem } from '../certificate/parse-certificate.js';
import { OpenSsl } from '../testing/openssl.js';
import { keyMatchesCertificate } from './key-matches-certificate.js';
import { parsePrivateKeyPem } from './parse-private-key.js';

describe(parsePrivateKeyPem.name, () => {
  const openssl = new OpenSsl();
  const password = 'correct horse';

  beforeAll(() => {
    openssl.run('genrsa', '-out', 'pkcs8.key', '2048');
    openssl.run('rsa', '-in', 'pkcs8.key', '-traditional', '-out', 'traditional.key');
    const secret = `pass:${password}`;
    openssl.run('rsa', '-in', 'pkcs8.key', '-traditional', '-aes256', '-passout', secret, '-out', 'proc-type.key');
    openssl.run('pkcs8', '-topk8', '-in', 'pkcs8.key', '-passout', secret, '-out', 'encrypted.key');
    openssl.run('pkey', '-in', 'pkcs8.key', '-outform', 'der', '-out', 'key.der');
    openssl.run('req', '-new', '-x509', '-key', 'pkcs8.key', '-out', 'certificate.pem', '-subj', '/CN=A');
    openssl.run(
      'req',
      '-new',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-noenc',
      '-keyout',
      'other.key',
      '-out',
      'other.pem',
      '-subj',
      '/CN=B',
    );
    openssl.run('genrsa', '-out', 'small.key', '1024');
    openssl.run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'elliptic.key');
    openssl.run('genpkey', '-algorithm', 'ed25519', '-out', 'edwards.key');
  });
  afterAll(() => openssl.remove());

  const refusal = (file: Buffer, secret?: string): CertificateErrorCode | undefined => {
    try {
      parsePrivateKeyPem(file, secret);
      return undefined;
    } catch (error) {
      return error instanceof CertificateError ? error.code : undefined;
    }
  };

  it.each([
    ['traditional.key', 'OpenSSL RSA private key', undefined],
    ['pkcs8.key', 'PKCS#8', undefined],
    ['encrypted.key', 'encrypted PKCS#8', password],
    ['proc-type.key', 'encrypted OpenSSL RSA private key', password],
  ])('reads %s as %s', (file, format, secret) => {
    const key = parsePrivateKeyPem(openssl.read(file), secret);
    expect(key.format).toBe(format);
    const [certificate] = parseCertificatePem(openssl.read('certificate.pem'));
    expect(keyMatchesCertificate(key.publicKey, certificate)).toBe(true);
    const reference = createPrivateKey(openssl.read('pkcs8.key'));
    const reread = createPrivateKey({ key: key.pkcs8, format: 'der', type: 'pkcs8' });
    expect(reread.equals(reference)).toBe(true);
  });

  it('finds the key in a file that has the certificate before it', () => {
    const file = Buffer.concat([openssl.read('certificate.pem'), openssl.read('pkcs8.key')]);
    expect(parsePrivateKeyPem(file).format).toBe('PKCS#8');
  });

  it('tells a key of another certificate', () => {
    const { publicKey } = parsePrivateKeyPem(openssl.read('pkcs8.key'));
    expect(keyMatchesCertificate(publicKey, parseCertificatePem(openssl.read('other.pem'))[0])).toBe(false);
  });

  it('leaves the buffer of the caller as it is', () => {
    const file = openssl.read('pkcs8.key');
    parsePrivateKeyPem(file);
    expect(file).toEqual(openssl.read('pkcs8.key'));
  });

  it.each<[CertificateErrorCode, string, string | undefined]>([
    ['PRIVATE_KEY_PASSWORD_MISSING', 'encrypted.key', undefined],
    ['PRIVATE_KEY_PASSWORD_MISSING', 'proc-type.key', ''],
    ['PRIVATE_KEY_PASSWORD_WRONG', 'encrypted.key', 'wrong'],
    ['PRIVATE_KEY_PASSWORD_WRONG', 'proc-type.key', 'wrong'],
    ['PRIVATE_KEY_TOO_SMALL', 'small.key', undefined],
    ['PRIVATE_KEY_NOT_RSA', 'elliptic.key', undefined],
    ['PRIVATE_KEY_NOT_RSA', 'edwards.key', undefined],
    ['PEM_WRONG_LABEL', 'certificate.pem', undefined],
    ['PEM_IS_DER', 'key.der', undefined],
  ])('refuses with %s: %s, password %s', (code, file, secret) => {
    expect(refusal(openssl.read(file), secret)).toBe(code);
  });

  it('refuses a damaged key without repeating any of it', () => {
    const lines = openssl.read('traditional.key').toString().split('\n');
    lines.splice(3, 2);
    expect.assertions(2);
    try {
      parsePrivateKeyPem(lines.join('\n'));
    } catch (error) {
      expect((error as CertificateError).code).toBe('PRIVATE_KEY_MALFORMED');
      expect((error as CertificateError).cause).toBeUndefined();
    }
  });
});
