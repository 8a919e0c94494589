import { createPrivateKey, createPublicKey, type KeyObject, type PrivateKeyInput } from 'node:crypto';
import { CertificateError } from '../certificate-error.js';
import type { Password } from '../password-based-encryption/password.js';
import { decodePemBlock, readPemBlocks, type PemBlock } from '../pem/pem-block.js';
import { decryptPrivateKeyInfo } from './encrypted-private-key.js';
import { malformedPrivateKey, privateKeyPasswordMissing } from './private-key-errors.js';
import { hasProcTypeEncryption, openProcTypeBlock } from './proc-type-encryption.js';

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
export function parsePrivateKeyPem(pem: Buffer | string, password?: Password): ParsedPrivateKey {
  const file = typeof pem === 'string' ? Buffer.from(pem, 'latin1') : pem;
  try {
    const { block, format } = findPrivateKey(readPemBlocks(file));
    const key = openKey(block, format, password);
    requireRecordingKey(key);
    return { format, pkcs8: key.export({ type: 'pkcs8', format: 'der' }), publicKey: createPublicKey(key) };
  } finally {
    if (typeof pem === 'string') file.fill(0);
  }
}

/**
 * How a private key file is written, without opening it.
 * @throws CertificateError when it holds no RSA private key.
 */
export function privateKeyFormat(pem: Buffer): PrivateKeyFormat {
  return findPrivateKey(readPemBlocks(pem)).format;
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

function formatOf(block: PemBlock): PrivateKeyFormat | undefined {
  switch (block.label) {
    case 'RSA PRIVATE KEY':
      return hasProcTypeEncryption(block) ? 'encrypted OpenSSL RSA private key' : 'OpenSSL RSA private key';
    case 'PRIVATE KEY':
      return 'PKCS#8';
    case 'ENCRYPTED PRIVATE KEY':
      return 'encrypted PKCS#8';
    default:
      return undefined;
  }
}

function openKey(block: PemBlock, format: PrivateKeyFormat, password: Password | undefined): KeyObject {
  switch (format) {
    case 'OpenSSL RSA private key':
      return readKeyAndWipe(decodePemBlock(block), 'pkcs1');
    case 'PKCS#8':
      return readKeyAndWipe(decodePemBlock(block), 'pkcs8');
    case 'encrypted PKCS#8':
      return readKeyAndWipe(
        opened(password, given => decryptPrivateKeyInfo(decodePemBlock(block), given)),
        'pkcs8',
      );
    case 'encrypted OpenSSL RSA private key':
      return readKeyAndWipe(
        opened(password, given => openProcTypeBlock(block, given)),
        'pkcs1',
      );
  }
}

/** An empty password is one, which openssl accepts; where it does not open the key, none was given. */
function opened(password: Password | undefined, open: (password: Password) => Buffer): Buffer {
  if (password === undefined) throw privateKeyPasswordMissing();
  try {
    return open(password);
  } catch (error) {
    const isWrong = error instanceof CertificateError && error.code === 'PRIVATE_KEY_PASSWORD_WRONG';
    throw isWrong && password.length === 0 ? privateKeyPasswordMissing() : error;
  }
}

function readKeyAndWipe(der: Buffer, type: 'pkcs1' | 'pkcs8'): KeyObject {
  try {
    return readKey({ key: der, format: 'der', type });
  } finally {
    der.fill(0);
  }
}

function readKey(input: PrivateKeyInput): KeyObject {
  try {
    return createPrivateKey(input);
  } catch {
    throw malformedPrivateKey();
  }
}

/**
 * Holds an opened key to what recordings need.
 * @param pkcs8 PrivateKeyInfo, DER; overwritten where the key is refused.
 * @throws CertificateError PRIVATE_KEY_MALFORMED, PRIVATE_KEY_NOT_RSA, PRIVATE_KEY_TOO_SMALL
 */
export function publicKeyOfRecordingKey(pkcs8: Buffer): KeyObject {
  try {
    const key = readKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    requireRecordingKey(key);
    return createPublicKey(key);
  } catch (error) {
    pkcs8.fill(0);
    throw error;
  }
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
