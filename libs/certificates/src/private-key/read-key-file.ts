import type { KeyObject } from 'node:crypto';
import { parseCertificateDer } from '../certificate/parse-certificate.js';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import { CertificateError } from '../certificate-error.js';
import type { KeystoreType, PrivateKeyEntry } from '../keystore/keystore.js';
import { keystoreType, readKeystore } from '../keystore/read-keystore.js';
import type { Password } from '../password-based-encryption/password.js';
import { decodePemBlock, readPemBlocks } from '../pem/pem-block.js';
import {
  parsePrivateKeyPem,
  privateKeyFormat,
  publicKeyOfRecordingKey,
  type PrivateKeyFormat,
} from './parse-private-key.js';

export interface KeyFile {
  readonly format: PrivateKeyFormat | KeystoreType;
  /** PrivateKeyInfo, DER, in clear: the caller overwrites it with zeros as soon as it is used. */
  readonly pkcs8: Buffer;
  readonly publicKey: KeyObject;
  /** What the file has beside the key, that of the key first where a keystore says which it is. */
  readonly certificates: readonly CertificateInfo[];
}

/** Which key of a keystore, and how it opens. */
export interface KeyInKeystore {
  /** Needed where there are several keys. */
  readonly alias?: string | undefined;
  /** Where the key has one of its own: JKS and JCEKS allow that, and some programs do it in PKCS#12. */
  readonly keyPassword?: Password | undefined;
}

/**
 * Reads one private key for recordings out of a file of any form: PEM in all its kinds, PKCS#12, JKS or JCEKS.
 * @param password of the key, or of the keystore that it lies in.
 * @throws CertificateError saying what is wrong.
 */
export function readKeyFile(file: Buffer, password?: Password, chosen: KeyInKeystore = {}): KeyFile {
  const type = keystoreType(file);
  if (type !== undefined) return readFromKeystore(file, type, password, chosen);
  const key = parsePrivateKeyPem(file, password);
  const certificates = readPemBlocks(file).filter(({ label }) => label === 'CERTIFICATE');
  return { ...key, certificates: certificates.map(block => parseCertificateDer(decodePemBlock(block))) };
}

/** Whether a key file wants a password: all but PEM in clear do. What is no key file says so when it is read. */
export function needsPassword(file: Buffer): boolean {
  if (keystoreType(file) !== undefined) return true;
  try {
    return privateKeyFormat(file).startsWith('encrypted');
  } catch (error) {
    if (error instanceof CertificateError) return false;
    throw error;
  }
}

function readFromKeystore(
  file: Buffer,
  type: KeystoreType,
  password: Password | undefined,
  { alias, keyPassword }: KeyInKeystore,
): KeyFile {
  const keystore = readKeystore(file, password);
  try {
    const entry = chosenEntry(
      keystore.entries.filter(({ type: kind }) => kind === 'private-key') as PrivateKeyEntry[],
      alias,
    );
    const certificates = entry.certificateChain.map(der => parseCertificateDer(Buffer.from(der)));
    const pkcs8 = entry.openPrivateKey(keyPassword);
    return { format: type, pkcs8, publicKey: publicKeyOfRecordingKey(pkcs8), certificates };
  } finally {
    keystore.wipe();
  }
}

/** Java compares aliases without regard to case. */
function chosenEntry(entries: readonly PrivateKeyEntry[], alias: string | undefined): PrivateKeyEntry {
  const matching =
    alias === undefined ? entries : entries.filter(entry => entry.alias.toLowerCase() === alias.toLowerCase());
  const [entry, ...others] = matching;
  if (entry !== undefined && others.length === 0) return entry;
  const names = entries.map(({ alias: name }) => `"${name}"`).join(', ');
  throw new CertificateError(
    'KEYSTORE_ENTRY_MISSING',
    entries.length === 0
      ? 'the keystore contains no private key'
      : entry === undefined
        ? `the keystore has no private key with this alias; it has ${names}`
        : `the keystore has several private keys: choose one of ${names}`,
  );
}
