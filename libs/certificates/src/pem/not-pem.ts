import { DerTag, isRangeError, readDerElements, type DerElement } from '#asn1';
import { CertificateError } from '../certificate-error.js';
import { isPkcs12 } from '../keystore/pkcs12/is-pkcs12.js';

const objectIdentifierTag = 0x06;
const nothing = Buffer.alloc(0);

/** What a file that has no PEM block is instead, and how to make PEM of it. */
export function notPem(file: Buffer): CertificateError {
  if (file.length === 0) return missing('the file is empty: choose the file that begins with "-----BEGIN"');
  if (isUtf16(file)) {
    return missing('the file is text in UTF-16, as some editors of Windows save it: save it as UTF-8 or ASCII');
  }
  if (file[0] !== DerTag.sequence) {
    return missing('the file contains no PEM block: it must have a line that begins with "-----BEGIN"');
  }
  const [what, command] = kindOf(file);
  return new CertificateError(
    'PEM_IS_DER',
    `the file is binary (${what}) where PEM is due: convert it, for instance with "openssl ${command} -in FILE -out FILE.pem"`,
  );
}

const missing = (message: string): CertificateError => new CertificateError('PEM_MISSING', message);

/** By its mark, or because every other octet of the first letters is zero. */
function isUtf16(file: Buffer): boolean {
  const mark = file.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return true;
  const begin = Buffer.from('-----BEGIN', 'utf16le');
  return file.includes(begin) || file.includes(begin.swap16());
}

/** By the first elements: versions of keys and keystores, algorithms of encrypted keys, types of CMS. */
function kindOf(file: Buffer): readonly [what: string, command: string] {
  if (isPkcs12(file)) return ['a keystore, PKCS#12', 'pkcs12'];
  const [whole] = elementsOf(file);
  const [first, second] = elementsOf(whole?.content ?? nothing);
  if (first?.tag === DerTag.integer) {
    if (second?.tag === DerTag.sequence) return ['a private key, PKCS#8 in DER', 'pkey -inform der'];
    return ['a private key, PKCS#1 in DER', 'rsa -inform der'];
  }
  if (first?.tag === objectIdentifierTag) return ['PKCS#7 in DER', 'pkcs7 -inform der -print_certs'];
  const [inner] = elementsOf(first?.content ?? nothing);
  if (inner?.tag === objectIdentifierTag) return ['an encrypted private key, PKCS#8 in DER', 'pkcs8 -inform der'];
  return ['a certificate in DER, or similar', 'x509 -inform der'];
}

function elementsOf(octets: Buffer): readonly DerElement[] {
  try {
    return readDerElements(octets);
  } catch (error) {
    if (isRangeError(error)) return [];
    throw error;
  }
}
