import type { BerReader } from '../asn1/ber-reader.js';
import { Tag } from '../asn1/element-header.js';
import { formatObjectIdentifier, ObjectIdentifierTable } from '../asn1/object-identifier.js';
import { CmsError } from '../cms-error.js';
import { readAlgorithmIdentifier } from './algorithm-identifier.js';
import type { CbcAlgorithm, CmsKind, ContentEncryption, GcmAlgorithm } from './envelope.js';

interface CbcCipher {
  readonly mode: 'cbc';
  readonly algorithm: CbcAlgorithm;
  readonly keyLength: number;
  readonly blockLength: 8 | 16;
}
interface GcmCipher {
  readonly mode: 'gcm';
  readonly algorithm: GcmAlgorithm;
  readonly keyLength: number;
  readonly blockLength: 16;
}

/** Object identifiers of the content-encryption algorithms (RFC 3565, RFC 5084, RFC 3370). */
export const contentEncryptionIdentifiers = {
  'aes-128-cbc': '2.16.840.1.101.3.4.1.2',
  'aes-192-cbc': '2.16.840.1.101.3.4.1.22',
  'aes-256-cbc': '2.16.840.1.101.3.4.1.42',
  'aes-128-gcm': '2.16.840.1.101.3.4.1.6',
  'aes-192-gcm': '2.16.840.1.101.3.4.1.26',
  'aes-256-gcm': '2.16.840.1.101.3.4.1.46',
  'des-ede3-cbc': '1.2.840.113549.3.7',
} as const;

const ids = contentEncryptionIdentifiers;
const ciphers = new ObjectIdentifierTable<CbcCipher | GcmCipher>({
  [ids['aes-128-cbc']]: { mode: 'cbc', algorithm: 'aes-128-cbc', keyLength: 16, blockLength: 16 },
  [ids['aes-192-cbc']]: { mode: 'cbc', algorithm: 'aes-192-cbc', keyLength: 24, blockLength: 16 },
  [ids['aes-256-cbc']]: { mode: 'cbc', algorithm: 'aes-256-cbc', keyLength: 32, blockLength: 16 },
  [ids['aes-128-gcm']]: { mode: 'gcm', algorithm: 'aes-128-gcm', keyLength: 16, blockLength: 16 },
  [ids['aes-192-gcm']]: { mode: 'gcm', algorithm: 'aes-192-gcm', keyLength: 24, blockLength: 16 },
  [ids['aes-256-gcm']]: { mode: 'gcm', algorithm: 'aes-256-gcm', keyLength: 32, blockLength: 16 },
  [ids['des-ede3-cbc']]: { mode: 'cbc', algorithm: 'des-ede3-cbc', keyLength: 24, blockLength: 8 },
});

const modeOfKind = { 'enveloped-data': 'cbc', 'auth-enveloped-data': 'gcm' } as const;

/** What no standard allows and some libraries write. */
export interface EnvelopeTolerance {
  /**
   * AES-GCM inside EnvelopedData, its authentication tag at the end of the content: RFC 5084, 1.1 wants it in
   * AuthEnvelopedData. Refused unless told.
   */
  readonly gcmInEnvelopedData?: boolean;
  /** EnvelopedData of a version that RFC 5652, 6.1, does not have, such as 1. Refused unless told. */
  readonly anyEnvelopeVersion?: boolean;
}

/** For those who only want to know whom an envelope is for: whether it is opened is decided elsewhere. */
export const everyTolerance: EnvelopeTolerance = { gcmInEnvelopedData: true, anyEnvelopeVersion: true };

/** @throws CmsError CMS_UNSUPPORTED for other algorithms, CMS_MALFORMED for parameters of a wrong size. */
export function readContentEncryption(
  reader: BerReader,
  kind: CmsKind,
  { gcmInEnvelopedData = false }: EnvelopeTolerance = {},
): ContentEncryption {
  return readAlgorithmIdentifier(reader, 'contentEncryptionAlgorithm', (algorithm, offset) => {
    const cipher = ciphers.get(algorithm);
    if (gcmInEnvelopedData && kind === 'enveloped-data' && cipher?.mode === 'gcm')
      return { ...readMisplacedGcmParameters(reader, cipher), tagInContent: true };
    if (cipher?.mode !== modeOfKind[kind]) {
      const message = `the content encryption algorithm ${cipher?.algorithm ?? formatObjectIdentifier(algorithm)} of ${kind}`;
      const isMisplacedGcm = kind === 'enveloped-data' && cipher?.mode === 'gcm';
      const expected = isMisplacedGcm
        ? 'AuthEnvelopedData around AES-GCM (RFC 5084, 1.1): here nothing says where its authentication tag is'
        : kind === 'enveloped-data'
          ? 'AES-CBC or DES-EDE3-CBC'
          : 'AES-GCM';
      throw new CmsError('CMS_UNSUPPORTED', message, { offset, expected });
    }
    return cipher.mode === 'cbc' ? readCbcParameters(reader, cipher) : readGcmParameters(reader, cipher);
  });
}

function readCbcParameters(reader: BerReader, cipher: CbcCipher): ContentEncryption {
  const { offset } = reader;
  const iv = Buffer.from(reader.octets(Tag.octetString, 'the initialisation vector'));
  if (iv.length === cipher.blockLength) return { ...cipher, iv };
  throw new CmsError('CMS_MALFORMED', `the initialisation vector has ${iv.length} bytes`, {
    offset,
    expected: `${cipher.blockLength} bytes`,
  });
}

const defaultTagLength = 12;
const maximumNonceLength = 64;
const webCryptographyTagLength = 16;

type GcmEncryption = Extract<ContentEncryption, { mode: 'gcm' }>;

/** GCMParameters (RFC 5084, 3.2). */
function readGcmParameters(reader: BerReader, cipher: GcmCipher): GcmEncryption {
  reader.enter(Tag.sequence, 'GCMParameters');
  const iv = readNonce(reader);
  const tagOffset = reader.offset;
  const tagLength = reader.peek() === undefined ? defaultTagLength : readTagLength(reader);
  if (tagLength < 12 || tagLength > 16) {
    throw new CmsError('CMS_MALFORMED', `aes-ICVlen is ${tagLength}`, { offset: tagOffset, expected: '12 to 16' });
  }
  reader.leave();
  return { ...cipher, iv, tagLength };
}

/** PKI.js writes the nonce alone, as for CBC, and what Web Cryptography puts behind the ciphertext: a tag of 16 bytes. */
function readMisplacedGcmParameters(reader: BerReader, cipher: GcmCipher): GcmEncryption {
  return reader.peek() === Tag.octetString
    ? { ...cipher, iv: readNonce(reader), tagLength: webCryptographyTagLength }
    : readGcmParameters(reader, cipher);
}

function readNonce(reader: BerReader): Buffer {
  const { offset } = reader;
  const iv = Buffer.from(reader.octets(Tag.octetString, 'aes-nonce'));
  if (iv.length > 0 && iv.length <= maximumNonceLength) return iv;
  throw new CmsError('CMS_MALFORMED', `aes-nonce has ${iv.length} bytes`, { offset, expected: '12 bytes' });
}

function readTagLength(reader: BerReader): number {
  const content = reader.primitive(Tag.integer, 'aes-ICVlen');
  return content.length === 1 ? content.readUInt8(0) : 0;
}
