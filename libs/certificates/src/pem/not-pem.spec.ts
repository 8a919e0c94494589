import { CertificateError } from '../certificate-error.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { readPemBlocks } from './pem-block.js';

const openssl = new OpenSsl();

beforeAll(() => {
  openssl.run('genrsa', '-out', 'key.pem', '2048');
  openssl.run('req', '-new', '-x509', '-key', 'key.pem', '-out', 'certificate.pem', '-subj', '/CN=A');
  openssl.run('x509', '-in', 'certificate.pem', '-outform', 'der', '-out', 'certificate.der');
  openssl.run('rsa', '-in', 'key.pem', '-traditional', '-outform', 'der', '-out', 'pkcs1.der');
  openssl.run('pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'der', '-out', 'pkcs8.der');
  openssl.run(
    'pkcs8',
    '-topk8',
    '-passout',
    'pass:secret',
    '-in',
    'key.pem',
    '-outform',
    'der',
    '-out',
    'encrypted.der',
  );
  const pair = ['-inkey', 'key.pem', '-in', 'certificate.pem', '-passout', 'pass:secret'];
  openssl.run('pkcs12', '-export', ...pair, '-out', 'keystore.p12');
  openssl.run('crl2pkcs7', '-nocrl', '-certfile', 'certificate.pem', '-outform', 'der', '-out', 'chain.p7b');
});
afterAll(() => openssl.remove());

function refusalOf(file: Buffer): string {
  try {
    readPemBlocks(file);
  } catch (error) {
    if (error instanceof CertificateError) return error.message;
    throw error;
  }
  return 'it was read';
}

describe('a file that is no PEM', () => {
  it.each([
    ['certificate.der', [], 'CERTIFICATE'],
    ['pkcs1.der', [], 'PRIVATE KEY'],
    ['pkcs8.der', [], 'PRIVATE KEY'],
    ['encrypted.der', ['-passin', 'pass:secret'], 'PRIVATE KEY'],
    ['keystore.p12', ['-passin', 'pass:secret', '-noenc'], 'PRIVATE KEY'],
    ['chain.p7b', [], 'CERTIFICATE'],
  ])('%s is named with the command that makes PEM of it', (file, more, label) => {
    const message = refusalOf(openssl.read(file));
    const [, command = ''] = /"openssl (.+)"$/.exec(message) ?? [];
    const parameters = command.replace('-in FILE', `-in ${file}`).replace('FILE.pem', 'made.pem').split(' ');
    openssl.run(...parameters, ...more);
    expect(readPemBlocks(openssl.read('made.pem')).map(block => block.label.replace(/^RSA /, ''))).toContain(label);
  });

  it.each(['utf16le', 'utf16le with its mark', 'big-endian'])('text in UTF-16 is named: %s', how => {
    const mark = how === 'utf16le' ? '' : '\uFEFF';
    const text = Buffer.from(`${mark}${openssl.read('certificate.pem').toString()}`, 'utf16le');
    expect(refusalOf(how === 'big-endian' ? text.swap16() : text)).toContain('UTF-16');
  });

  it('an empty one is named', () => {
    expect(refusalOf(Buffer.alloc(0))).toContain('the file is empty');
    expect(refusalOf(Buffer.from('hello'))).toContain('no PEM block');
  });
});
