import { BerReader } from '../asn1/ber-reader.js';
import { toDefiniteLengths } from '../asn1/canonical-der.js';
import { Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import type { KeyTransportRecipient, RecipientIdentifier } from './envelope.js';
import { readKeyEncryption } from './key-encryption.js';

/** More recipients than this have no honest recording. */
const maximumRecipients = 1024;
/** An RSA key of 16384 bits. */
const maximumEncryptedKeyBytes = 2048;

export interface RecipientInfos {
  readonly recipients: readonly KeyTransportRecipient[];
  readonly otherRecipientCount: number;
}

/**
 * RecipientInfos (RFC 5652, 6.2): reads those that RSA opens, counts the others. One that cannot be read is somebody
 * else's and counts as another kind, as long as a recipient is left that can be.
 * @throws CmsError what is wrong with the first recipient, if none can be read.
 */
export function readRecipientInfos(reader: BerReader): RecipientInfos {
  const recipients: KeyTransportRecipient[] = [];
  let otherRecipientCount = 0;
  let failure: CmsError | undefined;
  const { offset } = reader.enter(Tag.set, 'recipientInfos');
  for (let tag = reader.peek(); tag !== undefined; tag = reader.peek()) {
    if (recipients.length + otherRecipientCount === maximumRecipients) {
      const message = `more than ${maximumRecipients} recipients`;
      throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: reader.offset });
    }
    const recipient = readRecipient(reader, tag);
    if (recipient instanceof CmsError) failure ??= recipient;
    if (recipient === undefined || recipient instanceof CmsError) otherRecipientCount++;
    else recipients.push(recipient);
  }
  reader.leave();
  if (recipients.length + otherRecipientCount === 0) {
    throw new CmsError('CMS_MALFORMED', 'recipientInfos is empty', { offset, expected: 'at least one recipient' });
  }
  if (recipients.length === 0 && failure !== undefined) throw failure;
  return { recipients, otherRecipientCount };
}

/**
 * Passes over a recipient as a whole, then reads it.
 * @returns undefined for one of another kind or algorithm, the error for one that cannot be read.
 * @throws CmsError if its end is not where it says.
 */
function readRecipient(reader: BerReader, tag: number): KeyTransportRecipient | CmsError | undefined {
  if (tag !== Tag.sequence) {
    skipOtherRecipient(reader, tag);
    return undefined;
  }
  const { offset } = reader;
  const bytes = reader.skip('KeyTransRecipientInfo');
  try {
    return readKeyTransportRecipient(new BerReader(bytes, offset, offset + bytes.length));
  } catch (error) {
    if (error instanceof CmsError) return error;
    throw error;
  }
}

/** KeyAgreeRecipientInfo, KEKRecipientInfo, PasswordRecipientInfo, OtherRecipientInfo: [1] to [4]. */
function skipOtherRecipient(reader: BerReader, tag: number): void {
  if (tag < Tag.contextConstructed(1) || tag > Tag.contextConstructed(4)) {
    throw new CmsError('CMS_MALFORMED', `found tag 0x${tag.toString(16).padStart(2, '0')}`, {
      offset: reader.offset,
      expected: 'a RecipientInfo',
    });
  }
  reader.skip('a RecipientInfo');
}

function readKeyTransportRecipient(reader: BerReader): KeyTransportRecipient | undefined {
  reader.enter(Tag.sequence, 'KeyTransRecipientInfo');
  const { offset } = reader;
  const version = reader.primitive(Tag.integer, 'the version of KeyTransRecipientInfo');
  if (version.length !== 1 || (version[0] !== 0 && version[0] !== 2)) {
    throw new CmsError('CMS_UNSUPPORTED', 'the version of KeyTransRecipientInfo', { offset, expected: '0 or 2' });
  }
  const identifier = readRecipientIdentifier(reader);
  const keyEncryption = readKeyEncryption(reader);
  const keyOffset = reader.offset;
  const encryptedKey = reader.octets(Tag.octetString, 'encryptedKey');
  reader.leave();
  if (keyEncryption === undefined) return undefined;
  if (encryptedKey.length === 0 || encryptedKey.length > maximumEncryptedKeyBytes) {
    const message = `encryptedKey has ${encryptedKey.length} bytes`;
    const expected = `1 to ${maximumEncryptedKeyBytes} bytes`;
    throw new CmsError('CMS_MALFORMED', message, { offset: keyOffset, expected });
  }
  return { identifier, keyEncryption, encryptedKey: Buffer.from(encryptedKey) };
}

function readRecipientIdentifier(reader: BerReader): RecipientIdentifier {
  const tag = reader.peek();
  if (tag !== Tag.contextPrimitive(0) && tag !== Tag.contextConstructed(0)) return readIssuerAndSerialNumber(reader);
  const keyIdentifier = Buffer.from(reader.octets(Tag.contextPrimitive(0), 'subjectKeyIdentifier'));
  return { type: 'subject-key-identifier', keyIdentifier };
}

function readIssuerAndSerialNumber(reader: BerReader): RecipientIdentifier {
  reader.enter(Tag.sequence, 'issuerAndSerialNumber');
  const { offset } = reader;
  if (reader.peek() !== Tag.sequence) {
    throw new CmsError('CMS_MALFORMED', 'the issuer is no Name', { offset, expected: 'a SEQUENCE' });
  }
  const issuer = toDefiniteLengths(reader.skip('the issuer'));
  const serialOffset = reader.offset;
  const serialNumber = minimalInteger(reader.primitive(Tag.integer, 'the serial number'), serialOffset);
  reader.leave();
  return { type: 'issuer-and-serial-number', issuer, serialNumber };
}

/** Content octets of an INTEGER without superfluous leading octets (X.690, 8.3.2). */
function minimalInteger(content: Buffer, offset: number): Buffer {
  if (content.length === 0) {
    throw new CmsError('CMS_MALFORMED', 'an INTEGER without content', { offset, expected: 'at least one octet' });
  }
  let from = 0;
  while (from < content.length - 1 && isSuperfluous(content.readInt8(from), content.readInt8(from + 1))) from++;
  return Buffer.from(content.subarray(from));
}

const isSuperfluous = (octet: number, next: number): boolean =>
  (octet === 0 && next >= 0) || (octet === -1 && next < 0);
