import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CertificateError } from '../certificate-error.js';
import { readPemBlocks, type PemBlock } from '../pem/pem-block.js';

/** How a key file is written; the names are for people. */
export type PrivateKeyFormat =
  'OpenSSL RSA private key' | 'PKCS#8' | 'encrypted PKCS#8' | 'encrypted OpenSSL RSA private key';

export interface ParsedPrivateKey {
  readonly format: PrivateKeyFormat;
  /** PrivateKeyInfo (RFC 5208), DER, in clear: the caller overwrites it with zeros as soon as it is used. */
  readonly pkcs8: Buffer;
  readonly publicKey: KeyObject;
}

const minimumModulusBits = 2048;
const otherKeyLabels = /PRIVATE KEY$/;

/**
 * Reads `BEGIN RSA PRIVATE KEY` (also with `Proc-Type: 4,ENCRYPTED`), `BEGIN PRIVATE KEY` or `BEGIN ENCRYPTED PRIVATE KEY`.
 * Give a Buffer where it can be done: it can be overwritten afterwards, a string cannot.
 * @param password ignored when the key is not encrypted.
 * @throws CertificateError saying what is wrong; with its own code for a missing and for a wrong password.
 */
export function parsePrivateKeyPem(pem: Buffer | string, password?: string | Buffer): ParsedPrivateKey {
  const file = typeof pem === 'string' ? Buffer.from(pem, 'latin1') : pem;
  try {
    const { block, format } = findPrivateKey(readPemBlocks(file));
    const encrypted = format.startsWith('encrypted');
    if (encrypted && (password === undefined || password.length === 0)) {
      throw new CertificateError(
        'PRIVATE_KEY_PASSWORD_MISSING',
        'the private key is encrypted: give the password it was encrypted with',
      );
    }
    const key = openKey(block, encrypted ? password : undefined);
    requireRecordingKey(key);
    return { format, pkcs8: key.export({ type: 'pkcs8', format: 'der' }), publicKey: createPublicKey(key) };
  } finally {
    if (typeof pem === 'string') file.fill(0);
  }
}

function findPrivateKey(blocks: readonly PemBlock[]): { block: PemBlock; format: PrivateKeyFormat } {
  for (const block of blocks) {
    const format = formatOf(block);
    if (format !== undefined) return { block, format };
  }
  const labels = blocks.map(({ label }) => label);
  const otherKey = labels.find(label => otherKeyLabels.test(label));
  if (otherKey !== undefined) {
    throw new CertificateError(
      'PRIVATE_KEY_NOT_RSA',
      `the file contains "${otherKey}"; recordings need an RSA key: make a pair with "openssl genrsa"`,
    );
  }
  throw new CertificateError(
    'PEM_WRONG_LABEL',
    `the file contains ${labels.map(label => `"${label}"`).join(', ')} but no private key: choose the file of the key`,
  );
}

function formatOf({ label, text }: PemBlock): PrivateKeyFormat | undefined {
  switch (label) {
    case 'RSA PRIVATE KEY':
      return text.includes('Proc-Type: 4,ENCRYPTED') ? 'encrypted OpenSSL RSA private key' : 'OpenSSL RSA private key';
    case 'PRIVATE KEY':
      return 'PKCS#8';
    case 'ENCRYPTED PRIVATE KEY':
      return 'encrypted PKCS#8';
    default:
      return undefined;
  }
}

function openKey(block: PemBlock, password: string | Buffer | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: block.text,
      format: 'pem',
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch (error) {
    throw password === undefined ? malformed() : refusedPassword(error);
  }
}

/** OpenSSL's own messages are not passed on: they help nobody outside and might quote input. */
function malformed(): CertificateError {
  return new CertificateError(
    'PRIVATE_KEY_MALFORMED',
    'the private key cannot be read: the file is damaged; export the key again',
  );
}

function refusedPassword(error: unknown): CertificateError {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_OSSL_UNSUPPORTED' || code === 'ERR_OSSL_EVP_UNSUPPORTED' || code === 'ERR_OSSL_EVP_FETCH_FAILED') {
    return new CertificateError(
      'PRIVATE_KEY_ENCRYPTION_UNSUPPORTED',
      'the private key is encrypted with an outdated algorithm: convert it, for instance with "openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default"',
    );
  }
  return new CertificateError(
    'PRIVATE_KEY_PASSWORD_WRONG',
    'the private key does not open with this password: the password is wrong, or the file is damaged',
  );
}

function requireRecordingKey(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new CertificateError(
      'PRIVATE_KEY_NOT_RSA',
      `the private key is of type ${key.asymmetricKeyType ?? 'unknown'}; recordings need RSA: make a pair with "openssl genrsa"`,
    );
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < minimumModulusBits) {
    throw new CertificateError(
      'PRIVATE_KEY_TOO_SMALL',
      `the private key has ${bits} bits; at least ${minimumModulusBits} are needed: make a new pair`,
    );
  }
}
