import { BerReader } from '../asn1/ber-reader.js';
import { toDefiniteLengths } from '../asn1/canonical-der.js';
import { encodeHeader } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';

/** What stands before and behind ciphertext that becomes one DER file with its envelope. */
export interface AttachedFrame {
  readonly head: Buffer;
  /** Attributes and the authentication tag; empty for most envelopes. */
  readonly tail: Buffer;
}

/**
 * The frame that makes one file of a detached envelope and its ciphertext, without any key: the ciphertext becomes
 * encryptedContent (RFC 5652, 6.1), and everything else stays as it is. It is known before the first byte of ciphertext.
 * @throws CmsError for what is no detached envelope of CMS, and for AES-GCM inside EnvelopedData, which no standard has.
 */
export function frameOfContent(envelope: Buffer, contentLength: number): AttachedFrame {
  if (!Number.isSafeInteger(contentLength) || contentLength < 0)
    throw new RangeError(`a ciphertext cannot have ${contentLength} bytes`);
  const { contentEncryption } = parseEnvelope(envelope);
  if (contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true)
    throw new CmsError('CMS_UNSUPPORTED', 'AES-GCM inside EnvelopedData', { expected: 'AuthEnvelopedData' });
  const { contentType, before, contentInfo, behind } = takeApart(toDefiniteLengths(envelope));
  const inContentInfo = Buffer.concat([contentInfo, encodeHeader(Tag.contextPrimitive(0), contentLength)]);
  const wrap = (tag: number, inner: Buffer, further: number): Buffer =>
    Buffer.concat([encodeHeader(tag, inner.length + further), inner]);
  const behindHead = contentLength + behind.length;
  const encryptedContentInfo = wrap(Tag.sequence, inContentInfo, contentLength);
  const body = wrap(Tag.sequence, Buffer.concat([before, encryptedContentInfo]), behindHead);
  const content = wrap(Tag.contextConstructed(0), body, behindHead);
  return { head: wrap(Tag.sequence, Buffer.concat([contentType, content]), behindHead), tail: behind };
}

interface EnvelopeParts {
  readonly contentType: Buffer;
  /** version, originatorInfo and recipientInfos */
  readonly before: Buffer;
  /** What is in EncryptedContentInfo. */
  readonly contentInfo: Buffer;
  /** What stands behind it. */
  readonly behind: Buffer;
}

function takeApart(der: Buffer): EnvelopeParts {
  const reader = new BerReader(der);
  reader.enter(Tag.sequence, 'ContentInfo');
  const contentType = reader.skip('the content type');
  reader.enter(Tag.contextConstructed(0), 'the content');
  reader.enter(Tag.sequence, 'EnvelopedData');
  const before = [reader.skip('the version')];
  if (reader.peek() === Tag.contextConstructed(0)) before.push(reader.skip('originatorInfo'));
  before.push(reader.skip('recipientInfos'));
  reader.enter(Tag.sequence, 'EncryptedContentInfo');
  const contentInfo = rest(reader, 'a field of EncryptedContentInfo');
  reader.leave();
  const behind = rest(reader, 'what stands behind EncryptedContentInfo');
  return { contentType, before: Buffer.concat(before), contentInfo, behind };
}

function rest(reader: BerReader, name: string): Buffer {
  const elements: Buffer[] = [];
  while (reader.peek() !== undefined) elements.push(reader.skip(name));
  return Buffer.concat(elements);
}
