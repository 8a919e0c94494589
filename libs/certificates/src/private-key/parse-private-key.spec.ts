import { createPrivateKey } from 'node:crypto';
import { CertificateError, type CertificateErrorCode } from '../certificate-error.js';
import { parseCertificatePem } from '../certificate/parse-certificate.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { keyMatchesCertificate } from './key-matches-certificate.js';
import { parsePrivateKeyPem } from './parse-private-key.js';

describe(parsePrivateKeyPem.name, () => {
  const openssl = new OpenSsl();
  const password = 'correct hörse';
  const procTypeCiphers = ['des', 'des3', 'aes128', 'aes192', 'aes256', 'rc2'];
  const olderSchemes = [
    'PBE-MD5-DES',
    'PBE-SHA1-DES',
    'PBE-MD5-RC2-64',
    'PBE-SHA1-RC2-64',
    'PBE-SHA1-3DES',
    'PBE-SHA1-2DES',
    'PBE-SHA1-RC2-128',
    'PBE-SHA1-RC2-40',
    'PBE-SHA1-RC4-128',
    'PBE-SHA1-RC4-40',
  ];
  const pbes2 = [
    ['aes-128-cbc', 'hmacWithSHA1'],
    ['aes-192-cbc', 'hmacWithSHA384'],
    ['aes-256-cbc', 'hmacWithSHA512'],
    ['des3', 'hmacWithSHA224'],
    ['des', 'hmacWithSHA256'],
    ['aes-256-cbc', 'hmacWithSHA512-256'],
  ] as const;

  beforeAll(() => {
    openssl.run('genrsa', '-out', 'pkcs8.key', '2048');
    openssl.run('rsa', '-in', 'pkcs8.key', '-traditional', '-out', 'traditional.key');
    const secret = `pass:${password}`;
    openssl.run('rsa', '-in', 'pkcs8.key', '-traditional', '-aes256', '-passout', secret, '-out', 'proc-type.key');
    openssl.run('pkcs8', '-topk8', '-in', 'pkcs8.key', '-passout', secret, '-out', 'encrypted.key');
    const old = ['-provider', 'legacy', '-provider', 'default', '-in', 'pkcs8.key', '-passout', secret];
    for (const cipher of procTypeCiphers) openssl.run('rsa', '-traditional', `-${cipher}`, ...old, '-out', cipher);
    for (const scheme of olderSchemes) openssl.run('pkcs8', '-topk8', '-v1', scheme, ...old, '-out', scheme);
    openssl.run('pkcs8', '-topk8', '-scrypt', ...old, '-out', 'scrypt.key');
    for (const [cipher, prf] of pbes2) {
      openssl.run('pkcs8', '-topk8', '-v2', cipher, '-v2prf', prf, ...old, '-out', `${cipher}-${prf}`);
    }
    openssl.run('pkcs8', '-topk8', '-in', 'pkcs8.key', '-passout', 'pass:', '-out', 'empty-password.key');
    openssl.run('pkcs8', '-topk8', '-iter', '65536', ...old, '-outform', 'der', '-out', 'costly.der');
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

  it.each<[string, string, string | undefined]>([
    ['traditional.key', 'OpenSSL RSA private key', undefined],
    ['pkcs8.key', 'PKCS#8', undefined],
    ['encrypted.key', 'encrypted PKCS#8', password],
    ['proc-type.key', 'encrypted OpenSSL RSA private key', password],
    ...procTypeCiphers.map(
      cipher => [cipher, 'encrypted OpenSSL RSA private key', password] as [string, string, string],
    ),
    ...olderSchemes.map(scheme => [scheme, 'encrypted PKCS#8', password] as [string, string, string]),
    ['scrypt.key', 'encrypted PKCS#8', password],
    ['empty-password.key', 'encrypted PKCS#8', ''],
    ...pbes2.map(([cipher, prf]) => [`${cipher}-${prf}`, 'encrypted PKCS#8', password] as [string, string, string]),
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
    ['PRIVATE_KEY_PASSWORD_MISSING', 'empty-password.key', undefined],
    ['PRIVATE_KEY_PASSWORD_WRONG', 'empty-password.key', 'wrong'],
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

  it.each([...procTypeCiphers, ...olderSchemes])('never takes a wrong password for the right one: %s', file => {
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(refusal(openssl.read(file), `wrong ${attempt}`)).toBe('PRIVATE_KEY_PASSWORD_WRONG');
    }
  });

  it('refuses a key whose iteration count would stop the process', () => {
    const der = openssl.read('costly.der');
    const count = der.indexOf(Buffer.from('0203010000', 'hex'));
    Buffer.from('0203ffff', 'hex').copy(der, count);
    der[count + 2] = 0x7f;
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`;
    expect(refusal(Buffer.from(pem), password)).toBe('ENCRYPTION_TOO_COSTLY');
  });

  it('names a cipher it does not know', () => {
    const text = openssl.read('des3').toString().replace('DES-EDE3-CBC', 'IDEA-CBC');
    expect(refusal(Buffer.from(text), password)).toBe('PRIVATE_KEY_ENCRYPTION_UNSUPPORTED');
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
