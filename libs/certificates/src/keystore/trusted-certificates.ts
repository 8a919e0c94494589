import { DerTag } from '#asn1';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import { parseCertificateDer } from '../certificate/parse-certificate.js';
import { CertificateError } from '../certificate-error.js';
import type { Password } from '../password-based-encryption/password.js';
import { decodePemBlock, readPemBlocks } from '../pem/pem-block.js';
import { readKeystore, keystoreType } from './read-keystore.js';

const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE'];

/**
 * The certificates of a file of authorities: PEM, DER (one certificate), PKCS#12, JKS or JCEKS, whichever it is. Of a keystore those that
 * belong to no private key.
 * @param password of a keystore.
 * @throws CertificateError when the file cannot be read, or KEYSTORE_ENTRY_MISSING when no certificate is in it.
 */
export function readTrustedCertificates(file: Buffer, password?: Password): [CertificateInfo, ...CertificateInfo[]] {
  const [first, ...rest] = certificatesOf(file, password).map(parseCertificateDer);
  if (first !== undefined) return [first, ...rest];
  throw new CertificateError(
    'KEYSTORE_ENTRY_MISSING',
    'the file contains no trusted certificate: add the authorities, for instance with "keytool -importcert"',
  );
}

function certificatesOf(file: Buffer, password: Password | undefined): Buffer[] {
  if (keystoreType(file) === undefined) {
    if (file[0] === DerTag.sequence) return [file];
    return readPemBlocks(file)
      .filter(({ label }) => certificateLabels.includes(label))
      .map(decodePemBlock);
  }
  const keystore = readKeystore(file, password);
  try {
    return keystore.entries.flatMap(entry =>
      entry.type === 'trusted-certificate' ? [Buffer.from(entry.certificate)] : [],
    );
  } finally {
    keystore.wipe();
  }
}
