import { BerReader } from '../asn1/ber-reader.js';
import { toDefiniteLengths } from '../asn1/canonical-der.js';
import { encodeElement, encodeHeader, encodeSetOf, encodeSmallInteger } from '../asn1/der-encoder.js';
import { type ElementHeader, Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import type { Envelope } from '../envelope/envelope.js';
import { parseEnvelopeHead } from '../envelope/envelope-head.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';

/** The beginning of an attached file that is for somebody else. */
export interface ReaddressedFile {
  readonly head: Buffer;
  /** So many bytes of the former file `head` stands for; the others follow it as they are. */
  readonly replaced: number;
  /** Of the whole file, in bytes. */
  readonly length: number;
}

/**
 * A detached envelope for one recipient alone, DER: what PKCS#7 (RFC 2315, 10) knows, version 0, without certificates of an
 * originator and without unprotected attributes. Algorithm, initialisation vector and authentication stay as they are.
 * @param recipientInfo KeyTransRecipientInfo by issuer and serial number, DER, with the same session key in it
 * @throws CmsError for what is no detached envelope, and for AES-GCM inside EnvelopedData, which no standard has
 */
export function readdressDetached(envelope: Buffer, recipientInfo: Buffer): Buffer {
  const parsed = parseEnvelope(envelope);
  refuseForeignForms(parsed);
  const reader = new BerReader(toDefiniteLengths(envelope));
  const { contentType } = enterBody(reader);
  const contentInfo = reader.skip('EncryptedContentInfo');
  const behind: Buffer[] = [];
  while (reader.peek() !== undefined) behind.push(reader.skip('what stands behind EncryptedContentInfo'));
  const kept = parsed.kind === 'enveloped-data' ? [] : behind;
  const body = encodeElement(Tag.sequence, ...addressed(0, recipientInfo), contentInfo, ...kept);
  return encodeElement(Tag.sequence, contentType, encodeElement(Tag.contextConstructed(0), body));
}

/**
 * The same of a file that begins with its envelope, DER or BER: all that stands from its EncryptedContentInfo on stays, byte
 * for byte, so nothing of the content has to be at hand. Where unprotected attributes follow the content they stay, too,
 * and the version says so (RFC 5652, 6.1): then it is no PKCS#7.
 * @param bytes from the beginning of the file, to the first content octet at least
 * @param size of the whole file, in bytes
 * @throws CmsError as `readdressDetached`
 */
export function readdressAttached(bytes: Buffer, size: number, recipientInfo: Buffer): ReaddressedFile {
  const { envelope: parsed } = parseEnvelopeHead(bytes, size);
  refuseForeignForms(parsed);
  const reader = new BerReader(bytes, 0, size);
  const { outer, explicit, body, contentType } = enterBody(reader);
  const replaced = reader.offset;
  const contentInfo = reader.header(Tag.sequence, 'EncryptedContentInfo');
  const version = parsed.kind === 'enveloped-data' && hasAttributes(parsed, bytes, body, contentInfo) ? 2 : 0;
  const within = (element: ElementHeader, ...content: readonly Buffer[]): Buffer => {
    const beginning = Buffer.concat(content);
    return Buffer.concat([headerOf(element, beginning.length, replaced), beginning]);
  };
  const head = within(outer, contentType, within(explicit, within(body, ...addressed(version, recipientInfo))));
  return { head, replaced, length: head.length + size - replaced };
}

/** As `element` had it, definite or not, when its bytes before `replaced` became `beginning` many. */
function headerOf({ tag, end }: ElementHeader, beginning: number, replaced: number): Buffer {
  return end === undefined ? Buffer.of(tag, 0x80) : encodeHeader(tag, beginning + end - replaced);
}

const addressed = (version: number, recipientInfo: Buffer): Buffer[] => [
  encodeSmallInteger(version),
  encodeSetOf([recipientInfo]),
];

interface Body {
  readonly outer: ElementHeader;
  readonly explicit: ElementHeader;
  readonly body: ElementHeader;
  readonly contentType: Buffer;
}

/** Goes to EncryptedContentInfo. */
function enterBody(reader: BerReader): Body {
  const outer = reader.enter(Tag.sequence, 'ContentInfo');
  const contentType = reader.skip('the content type');
  const explicit = reader.enter(Tag.contextConstructed(0), 'the content');
  const body = reader.enter(Tag.sequence, 'EnvelopedData');
  reader.skip('the version');
  if (reader.peek() === Tag.contextConstructed(0)) reader.skip('originatorInfo');
  reader.skip('recipientInfos');
  return { outer, explicit, body, contentType };
}

/** Where lengths do not say, the version does: above 0 for attributes, unless something before the content explains it. */
function hasAttributes(
  { version, recipients, otherRecipientCount }: Envelope,
  bytes: Buffer,
  body: ElementHeader,
  contentInfo: ElementHeader,
): boolean {
  if (body.end !== undefined && contentInfo.end !== undefined) return contentInfo.end < body.end;
  const explained =
    otherRecipientCount > 0 ||
    recipients.some(({ identifier }) => identifier.type === 'subject-key-identifier') ||
    hasOriginator(bytes, body);
  return version > 0 && !explained;
}

function hasOriginator(bytes: Buffer, body: ElementHeader): boolean {
  const reader = new BerReader(bytes.subarray(body.contentOffset), body.contentOffset);
  reader.skip('the version');
  return reader.peek() === Tag.contextConstructed(0);
}

function refuseForeignForms({ contentEncryption }: Envelope): void {
  if (contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true)
    throw new CmsError('CMS_UNSUPPORTED', 'AES-GCM inside EnvelopedData', { expected: 'AuthEnvelopedData' });
}
