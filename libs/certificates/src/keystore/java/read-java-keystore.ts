import { createHash, timingSafeEqual } from 'node:crypto';
import { privateKeyPasswordMissing } from '../../private-key/private-key-errors.js';
import { utf16Password, type Password } from '../../password-based-encryption/password.js';
import type { Keystore, KeystoreEntry, KeystoreType } from '../keystore.js';
import { asKeystoreError, keystorePasswordWrong, keystoreUnsupported, malformedKeystore } from '../keystore-errors.js';
import { DataInput } from './data-input.js';
import { openProtectedKey } from './key-protection.js';
import { skipSealedObject } from './sealed-object.js';

const magics: Readonly<Record<number, KeystoreType>> = { 0xfeedfeed: 'JKS', 0xcececece: 'JCEKS' };
const digestLength = 20;
/** Sun's engineers were cheerful people. */
const digestWhitener = Buffer.from('Mighty Aphrodite');
const EntryTag = { privateKey: 1, trustedCertificate: 2, secretKey: 3 } as const;
const certificateType = 'X.509';
const mostEntries = 10_000;
const longestChain = 100;

/** JKS or JCEKS, by the first four octets. */
export function javaKeystoreType(file: Buffer): KeystoreType | undefined {
  return file.length < 4 ? undefined : magics[file.readUInt32BE()];
}

/**
 * Reads the keystores of Java before PKCS#12: JKS and JCEKS, versions 1 and 2.
 * @param password of the keystore. Without one the entries can be read, as Java allows, but nothing proves that nobody
 *   changed the file, and private keys need their password when they are opened.
 * @throws CertificateError KEYSTORE_MALFORMED, KEYSTORE_UNSUPPORTED, KEYSTORE_PASSWORD_WRONG
 */
export function readJavaKeystore(type: KeystoreType, file: Buffer, password: Password | undefined): Keystore {
  return asKeystoreError(type, () => {
    const given = password === undefined || password.length === 0 ? undefined : password;
    if (file.length < 12 + digestLength) throw new RangeError('it ends too early');
    const { entries, length } = readEntries(type, file, given);
    if (given !== undefined) verifyDigest(type, file, length, given);
    return { type, integrityVerified: given !== undefined, entries, wipe: () => undefined };
  });
}

/** The digest stands behind the last entry; like Java, we do not look at what may come behind it. */
function verifyDigest(type: KeystoreType, file: Buffer, length: number, password: Password): void {
  const text = utf16Password(password);
  const digest = createHash('sha1').update(text).update(digestWhitener).update(file.subarray(0, length)).digest();
  text.fill(0);
  if (!timingSafeEqual(digest, file.subarray(length, length + digestLength))) throw keystorePasswordWrong(type);
}

function readEntries(
  type: KeystoreType,
  file: Buffer,
  password: Password | undefined,
): { readonly entries: KeystoreEntry[]; readonly length: number } {
  const input = new DataInput(file.subarray(0, -digestLength));
  input.unsignedInt();
  const version = input.unsignedInt();
  if (version !== 1 && version !== 2) throw keystoreUnsupported(type, `the format version ${version}`);
  const count = input.unsignedInt();
  if (count > mostEntries) throw malformedKeystore(type, `it claims ${count} entries`);
  const entries = Array.from({ length: count }, () => readEntry(type, input, version, password));
  return { entries, length: input.position };
}

function readEntry(
  type: KeystoreType,
  input: DataInput,
  version: number,
  password: Password | undefined,
): KeystoreEntry {
  const tag = input.unsignedInt();
  const alias = input.text();
  const createdAt = dateOf(input.long());
  switch (tag) {
    case EntryTag.privateKey: {
      const protectedKey = input.octets();
      const certificateChain = readChain(type, input, version);
      return {
        type: 'private-key',
        alias,
        createdAt,
        certificateChain,
        openPrivateKey: opener(protectedKey, password),
      };
    }
    case EntryTag.trustedCertificate:
      return { type: 'trusted-certificate', alias, createdAt, certificate: readCertificate(type, input, version) };
    case EntryTag.secretKey:
      if (type !== 'JCEKS') break;
      skipSealedObject(input);
      return { type: 'secret-key', alias, createdAt };
  }
  throw new RangeError(`an entry of the unknown kind ${tag}`);
}

/** Milliseconds since 1970; undefined where no calendar reaches. */
function dateOf(milliseconds: bigint): Date | undefined {
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readChain(type: KeystoreType, input: DataInput, version: number): Buffer[] {
  const length = input.unsignedInt();
  if (length > longestChain) throw new RangeError(`a chain claims ${length} certificates`);
  return Array.from({ length }, () => readCertificate(type, input, version));
}

function readCertificate(type: KeystoreType, input: DataInput, version: number): Buffer {
  const kind = version === 1 ? certificateType : input.text();
  const certificate = input.octets();
  if (kind !== certificateType) throw keystoreUnsupported(type, 'certificates other than X.509');
  return certificate;
}

function opener(protectedKey: Buffer, keystorePassword: Password | undefined): (password?: Password) => Buffer {
  return (password = keystorePassword) => {
    if (password === undefined) throw privateKeyPasswordMissing();
    return openProtectedKey(protectedKey, password);
  };
}
