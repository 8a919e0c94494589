import { type DerElement, isRangeError } from '#asn1';
import { berOctets } from '../../asn1/ber-element.js';
import {
  readAlgorithmIdentifier,
  readObjectIdentifier,
  readSequence,
  readSequenceOfFile,
  readSmallInteger,
  readWholeSequence,
} from '../../asn1/ber-values.js';
import { CertificateError } from '../../certificate-error.js';
import { decryptWithPassword } from '../../password-based-encryption/decrypt-with-password.js';
import type { Password } from '../../password-based-encryption/password.js';
import { UnsupportedEncryption } from '../../password-based-encryption/unsupported-encryption.js';
import type { WorkLimit } from '../../password-based-encryption/work-limits.js';
import { keystorePasswordMissing, keystorePasswordWrong, keystoreUnsupported } from '../keystore-errors.js';
import { ContentType } from './object-identifiers.js';
import { explicitContent } from './safe-bags.js';

const pfxVersion = 3;
const implicitOctets = 0x80;
const mostContents = 64;

export interface PersonalInformationExchange {
  /** AuthenticatedSafe, DER or BER: what the MAC covers. */
  readonly authenticatedSafe: Buffer;
  readonly macData: DerElement | undefined;
}

/** PFX (RFC 7292, 4). @throws RangeError, CertificateError KEYSTORE_UNSUPPORTED */
export function readPfx(file: Buffer): PersonalInformationExchange {
  const [version, authSafe, macData] = readSequenceOfFile(file, 'PFX');
  if (readSmallInteger(version, 'version') !== pfxVersion) throw new RangeError('the version is not 3');
  const [contentType, content] = readSequence(authSafe, 'ContentInfo');
  if (readObjectIdentifier(contentType, 'contentType') !== ContentType.data) {
    throw keystoreUnsupported('PKCS12', 'public-key integrity');
  }
  return { authenticatedSafe: berOctets(explicitContent(content, 'content')), macData };
}

/** A SafeContents in clear. */
export interface OpenedContent {
  readonly safeContents: Buffer;
  readonly wasEncrypted: boolean;
}

/**
 * Opens the parts of an AuthenticatedSafe (RFC 7292, 4.1).
 * @param password undefined where there is none.
 * @throws RangeError, UnsupportedEncryption, CertificateError
 */
export function openAuthenticatedSafe(
  authenticatedSafe: Buffer,
  password: Password | undefined,
  limit: WorkLimit,
): OpenedContent[] {
  const contents = readWholeSequence(authenticatedSafe, 'AuthenticatedSafe');
  if (contents.length > mostContents) throw new RangeError(`it claims ${contents.length} parts`);
  return contents.map(contentInfo => {
    const [contentType, content] = readSequence(contentInfo, 'ContentInfo');
    const value = explicitContent(content, 'content');
    switch (readObjectIdentifier(contentType, 'contentType')) {
      case ContentType.data:
        return { safeContents: berOctets(value), wasEncrypted: false };
      case ContentType.encryptedData:
        return { safeContents: decryptContent(value, password, limit), wasEncrypted: true };
      default:
        throw keystoreUnsupported('PKCS12', 'public-key privacy');
    }
  });
}

/** EncryptedData (RFC 5652, 8). */
function decryptContent(encryptedData: DerElement, password: Password | undefined, limit: WorkLimit): Buffer {
  const [, encryptedContentInfo] = readSequence(encryptedData, 'EncryptedData');
  const [, encryption, ciphertext] = readSequence(encryptedContentInfo, 'EncryptedContentInfo');
  const algorithm = readAlgorithmIdentifier(encryption, 'contentEncryptionAlgorithm');
  if (password === undefined) throw keystorePasswordMissing('PKCS12');
  try {
    return checkedSafeContents(decryptWithPassword(algorithm, password, berOctets(ciphertext, implicitOctets), limit));
  } catch (error) {
    const known = error instanceof CertificateError || isRangeError(error) || error instanceof UnsupportedEncryption;
    throw known ? error : keystorePasswordWrong('PKCS12');
  }
}

/** One wrong password in 256 leaves something that looks like padding; what it covers is then no SEQUENCE. */
function checkedSafeContents(plaintext: Buffer): Buffer {
  try {
    readWholeSequence(plaintext, 'SafeContents');
    return plaintext;
  } catch (error) {
    plaintext.fill(0);
    if (isRangeError(error)) throw keystorePasswordWrong('PKCS12');
    throw error;
  }
}
