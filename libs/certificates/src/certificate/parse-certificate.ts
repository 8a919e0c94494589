import 'reflect-metadata';
import { createHash, X509Certificate } from 'node:crypto';
import { SubjectKeyIdentifierExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { CertificateError } from '../certificate-error.js';
import { decodePemBlock, readPemBlocks, type PemBlock } from '../pem/pem-block.js';
import { readCertificateFields } from './certificate-fields.js';
import type { CertificateInfo } from './certificate-info.js';
import { readDistinguishedName } from './distinguished-name.js';

const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE'];
/** RSA keys of recordings have at least this many bits. */
const minimumModulusBits = 2048;
/** Every certificate that is sent along may be tried in every place of a path. */
const longestChain = 20;

/**
 * Reads a recording certificate and, behind it, the certificates of its chain. Whether anybody vouches for them is not
 * looked at here: recording certificates are mostly self-signed; path validation (RFC 5280, 6) is a step of its own.
 * @throws CertificateError when the file holds no certificate or the first has no RSA key of at least 2048 bits.
 */
export function parseCertificatePem(text: string | Buffer): [CertificateInfo, ...CertificateInfo[]] {
  const blocks = readPemBlocks(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  const certificates = blocks.filter(({ label }) => certificateLabels.includes(label));
  if (certificates.length > longestChain) {
    const message = `the file holds ${certificates.length} certificates, a chain at most ${longestChain}: send those of this one only`;
    throw new CertificateError('PATH_TOO_LONG', message);
  }
  const [first, ...chain] = certificates.map(parseBlock);
  if (first === undefined) throw wrongLabel(blocks);
  requireRecordingKey(first);
  return [first, ...chain];
}

/**
 * Reads the certificates of authorities, of any key type.
 * @throws CertificateError when the file holds none.
 */
export function parseAuthoritiesPem(file: Buffer): CertificateInfo[] {
  const blocks = readPemBlocks(file);
  const certificates = blocks.filter(({ label }) => certificateLabels.includes(label)).map(parseBlock);
  if (certificates.length === 0) throw wrongLabel(blocks);
  return certificates;
}

/**
 * Reads one certificate of any key type.
 * @throws CertificateError CERTIFICATE_MALFORMED
 */
export function parseCertificateDer(der: Buffer): CertificateInfo {
  try {
    return readCertificate(der);
  } catch (error) {
    throw new CertificateError(
      'CERTIFICATE_MALFORMED',
      'the certificate cannot be read as X.509: the file is damaged; export the certificate again',
      { cause: error },
    );
  }
}

function parseBlock(block: PemBlock): CertificateInfo {
  return parseCertificateDer(decodePemBlock(block));
}

function readCertificate(der: Buffer): CertificateInfo {
  const certificate = new X509Certificate(der);
  const parsed = new ParsedCertificate(certificate.raw);
  const fields = readCertificateFields(certificate.raw);
  const subject = readDistinguishedName(fields.subjectDer);
  const issuer = readDistinguishedName(fields.issuerDer);
  const extension = parsed.getExtension(SubjectKeyIdentifierExtension);
  const { publicKey } = certificate;
  return {
    issuedTo: subject.commonName ?? subject.text,
    issuedBy: issuer.commonName ?? issuer.text,
    emailAddress: subject.emailAddress,
    subjectDn: subject.text,
    issuerDn: issuer.text,
    serialNumber: decimal(fields.serialNumberOctets),
    serialNumberOctets: fields.serialNumberOctets,
    subjectDer: fields.subjectDer,
    issuerDer: fields.issuerDer,
    notBefore: parsed.notBefore,
    notAfter: parsed.notAfter,
    keyIdentifier: createHash('sha1').update(fields.subjectPublicKey).digest(),
    subjectKeyIdentifier: extension === null ? undefined : Buffer.from(extension.keyId, 'hex'),
    publicKey,
    publicKeyType: publicKey.asymmetricKeyType ?? 'unknown',
    modulusBits: publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : 0,
    isAuthority: certificate.ca,
    der: certificate.raw,
    pem: certificate.toString(),
    fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
  };
}

/** Serial numbers are positive (RFC 5280, 4.1.2.2), yet negative ones exist; two's complement is read as it stands. */
function decimal(octets: Buffer): string {
  return BigInt.asIntN(octets.length * 8, BigInt(`0x${octets.toString('hex')}`)).toString();
}

function requireRecordingKey({ publicKeyType, modulusBits }: CertificateInfo): void {
  if (publicKeyType !== 'rsa') {
    throw new CertificateError(
      'CERTIFICATE_KEY_NOT_RSA',
      `the certificate has a key of type ${publicKeyType}; recordings need RSA: make a pair with "openssl genrsa"`,
    );
  }
  if (modulusBits < minimumModulusBits) {
    throw new CertificateError(
      'CERTIFICATE_KEY_TOO_SMALL',
      `the certificate has an RSA key of ${modulusBits} bits; at least ${minimumModulusBits} are needed: make a new pair`,
    );
  }
}

function wrongLabel(blocks: readonly PemBlock[]): CertificateError {
  const found = blocks.map(({ label }) => `"${label}"`).join(', ');
  return new CertificateError(
    'PEM_WRONG_LABEL',
    `the file contains ${found} but no "CERTIFICATE": choose the file of the certificate`,
  );
}
