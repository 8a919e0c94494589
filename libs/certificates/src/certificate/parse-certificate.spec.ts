import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateError, type CertificateErrorCode } from '../certificate-error.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { parseCertificateDer, parseCertificatePem } from './parse-certificate.js';

const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';

describe(parseCertificatePem.name, () => {
  const openssl = new OpenSsl();
  const certificate = (name: string, key: string[], ...more: string[]): void => {
    const parameters = ['-x509', '-keyout', `${name}.key`, '-noenc', '-out', `${name}.pem`, '-days', '3650', ...more];
    openssl.run('req', '-new', '-newkey', ...key, ...parameters);
  };

  beforeAll(() => {
    openssl.run('genrsa', '-out', 'tenant.key', '2048');
    openssl.run('req', '-new', '-x509', '-key', 'tenant.key', '-out', 'tenant.pem', '-days', '3650', '-subj', subject);
    openssl.run('x509', '-in', 'tenant.pem', '-outform', 'der', '-out', 'tenant.der');
    certificate('small', ['rsa:1024'], '-subj', subject);
    certificate('elliptic', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], '-subj', '/CN=Elliptic');
    certificate('strange', ['rsa:2048'], '-subj', '/O=A\\, B+OU=C/emailAddress=a@b.example', '-set_serial', '0x80');
    certificate('negative', ['rsa:2048'], '-subj', '/CN=N', '-set_serial', '-5');
  });
  afterAll(() => openssl.remove());

  const refusal = (read: () => unknown): CertificateErrorCode | undefined => {
    try {
      read();
      return undefined;
    } catch (error) {
      return error instanceof CertificateError ? error.code : undefined;
    }
  };

  it('shows the certificate of the administrator guide as its upload form does', () => {
    const [info] = parseCertificatePem(openssl.read('tenant.pem').toString());
    expect(info).toMatchObject({
      issuedTo: 'Genesys Recording',
      issuedBy: 'Genesys Recording',
      subjectDn: 'CN=Genesys Recording,C=US,ST=California,O=Genesys',
      issuerDn: 'CN=Genesys Recording,C=US,ST=California,O=Genesys',
      emailAddress: undefined,
      publicKeyType: 'rsa',
      modulusBits: 2048,
      isAuthority: true,
    });
    const reference = new X509Certificate(openssl.read('tenant.pem'));
    expect(info.serialNumber).toBe(BigInt(`0x${reference.serialNumber}`).toString());
    expect(info.notAfter).toEqual(new Date(reference.validTo));
    expect(info.notBefore).toEqual(new Date(reference.validFrom));
    expect(info.fingerprint).toBe(reference.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(info.der).toEqual(openssl.read('tenant.der'));
    expect(parseCertificatePem(info.pem)[0].der).toEqual(info.der);
  });

  it('gives the very bytes by which a recipient names the certificate', () => {
    const [info] = parseCertificatePem(openssl.read('tenant.pem'));
    expect(info.der.includes(info.issuerDer)).toBe(true);
    expect(info.issuerDer.equals(info.subjectDer)).toBe(true);
    const integer = Buffer.concat([Buffer.of(2, info.serialNumberOctets.length), info.serialNumberOctets]);
    expect(info.der.includes(Buffer.concat([integer, Buffer.of(0x30)]))).toBe(true);
  });

  it('computes the key identifier as OpenSSL does for its extension', () => {
    const [info] = parseCertificatePem(openssl.read('tenant.pem'));
    const publicKey = info.publicKey.export({ type: 'pkcs1', format: 'der' });
    expect(info.keyIdentifier).toEqual(createHash('sha1').update(publicKey).digest());
    expect(info.subjectKeyIdentifier).toEqual(info.keyIdentifier);
  });

  it('escapes names, keeps multi-valued parts together (a DER SET is sorted) and a serial number with the high bit positive', () => {
    const [info] = parseCertificatePem(openssl.read('strange.pem'));
    expect(info.subjectDn).toBe('OU=C+O=A\\, B,E=a@b.example');
    expect(info.issuedTo).toBe(info.subjectDn);
    expect(info.emailAddress).toBe('a@b.example');
    expect(info.serialNumber).toBe('128');
    expect(info.serialNumberOctets).toEqual(Buffer.of(0, 0x80));
  });

  it.each<[string, readonly string[], Readonly<Record<string, unknown>>]>([
    ['a serial number of 32 octets', ['-subj', '/CN=a', '-set_serial', `0x7f${'ab'.repeat(31)}`], { issuedTo: 'a' }],
    ['an end in the year 9966', ['-subj', '/CN=a', '-days', '2900000'], { issuedTo: 'a' }],
    ['no subject', ['-subj', '/'], { subjectDn: '' }],
    [
      'an own key identifier of five octets',
      ['-subj', '/CN=a', '-addext', 'subjectKeyIdentifier=0102030405'],
      { subjectKeyIdentifier: Buffer.from('0102030405', 'hex') },
    ],
    ['text in BMPString', ['-config', 'bmp.cnf', '-subj', '/CN=通話', '-utf8'], { issuedTo: '通話' }],
  ])('reads a certificate with %s', (_, options, expected) => {
    writeFileSync(
      join(openssl.directory, 'bmp.cnf'),
      '[req]\nstring_mask = MASK:0x800\ndistinguished_name = dn\n[dn]\n',
    );
    certificate('odd', ['rsa:2048'], ...options);
    const [info] = parseCertificatePem(openssl.read('odd.pem'));
    const reference = new X509Certificate(openssl.read('odd.pem'));
    expect(info).toMatchObject({ ...expected, serialNumber: BigInt(`0x${reference.serialNumber}`).toString() });
    expect(info.notAfter).toEqual(new Date(reference.validTo));
  });

  it('reads a certificate of version 1', () => {
    openssl.run('req', '-new', '-key', 'tenant.key', '-subj', '/CN=Old', '-out', 'old.csr');
    openssl.run('x509', '-req', '-in', 'old.csr', '-signkey', 'tenant.key', '-out', 'old.pem');
    const text = openssl.text('x509', '-in', 'old.pem', '-noout', '-text');
    expect(text).toContain('Version: 1 ');
    expect(parseCertificatePem(openssl.read('old.pem'))[0]).toMatchObject({ issuedTo: 'Old', isAuthority: false });
  });

  it('shows a negative serial number as one', () => {
    expect(parseCertificatePem(openssl.read('negative.pem'))[0].serialNumber).toBe('-5');
  });

  it('takes a chain of any keys behind the recording certificate and ignores text around', () => {
    const file = Buffer.concat([Buffer.from('subject=x\n'), openssl.read('tenant.pem'), openssl.read('elliptic.pem')]);
    const [first, second, ...rest] = parseCertificatePem(file);
    expect([first.issuedTo, second?.issuedTo, second?.publicKeyType]).toEqual(['Genesys Recording', 'Elliptic', 'ec']);
    expect(rest).toEqual([]);
  });

  it('reads files with Windows line ends', () => {
    const text = openssl.read('tenant.pem').toString().replaceAll('\n', '\r\n');
    expect(parseCertificatePem(text)[0].issuedTo).toBe('Genesys Recording');
  });

  it.each<[string, CertificateErrorCode, () => string | Buffer]>([
    ['an elliptic curve key', 'CERTIFICATE_KEY_NOT_RSA', () => openssl.read('elliptic.pem')],
    ['a small RSA key', 'CERTIFICATE_KEY_TOO_SMALL', () => openssl.read('small.pem')],
    ['DER', 'PEM_IS_DER', () => openssl.read('tenant.der')],
    ['the key instead of the certificate', 'PEM_WRONG_LABEL', () => openssl.read('tenant.key')],
    ['an empty file', 'PEM_MISSING', () => ''],
    ['a heap of certificates', 'PATH_TOO_LONG', () => openssl.read('tenant.pem').toString().repeat(21)],
    ['a file that is cut off', 'PEM_MALFORMED', () => openssl.read('tenant.pem').subarray(0, 500)],
    [
      'something other than base64',
      'PEM_MALFORMED',
      () => '-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----',
    ],
    [
      'base64 of something else',
      'CERTIFICATE_MALFORMED',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ],
  ])('refuses %s with %s', (_, code, file) => {
    expect(refusal(() => parseCertificatePem(file()))).toBe(code);
  });

  it('refuses every truncation of a certificate with a typed error', () => {
    const der = openssl.read('tenant.der');
    for (let length = 0; length < der.length; length++) {
      expect(refusal(() => parseCertificateDer(der.subarray(0, length)))).toBe('CERTIFICATE_MALFORMED');
    }
  });
});
