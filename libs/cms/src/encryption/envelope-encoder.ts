import { encodeElement, encodeHeader, encodeSetOf, encodeSmallInteger } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import { encodeObjectIdentifier } from '../asn1/object-identifier.js';
import { contentEncryptionIdentifiers } from '../envelope/content-encryption.js';
import { contentTypeIdentifiers } from '../envelope/content-info.js';
import { type EncryptionRecipient, encodeRecipient } from './recipient.js';

/** What new recordings are encrypted with; triple DES is only read. */
export type WritableCipher = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';

export interface EnvelopeParts {
  readonly version: Buffer;
  readonly recipientInfos: Buffer;
  readonly contentType: Buffer;
  readonly contentEncryptionAlgorithm: Buffer;
}

/** The fields of EnvelopedData before encryptedContent (RFC 5652, 6.1). */
export function encodeEnvelopeParts(
  recipients: readonly EncryptionRecipient[],
  cipher: WritableCipher,
  iv: Buffer,
  sessionKey: Buffer,
): EnvelopeParts {
  if (recipients.length === 0) throw new RangeError('an envelope needs at least one recipient');
  const byIssuer = recipients.every(({ identifier }) => identifier.type === 'issuer-and-serial-number');
  return {
    version: encodeSmallInteger(byIssuer ? 0 : 2),
    recipientInfos: encodeSetOf(recipients.map(recipient => encodeRecipient(recipient, sessionKey))),
    contentType: encodeObjectIdentifier(contentTypeIdentifiers.data),
    contentEncryptionAlgorithm: encodeElement(
      Tag.sequence,
      encodeObjectIdentifier(contentEncryptionIdentifiers[cipher]),
      encodeElement(Tag.octetString, iv),
    ),
  };
}

/** A whole envelope without content. */
export function encodeDetachedEnvelope(parts: EnvelopeParts): Buffer {
  return encodeDefiniteHead(parts, Buffer.alloc(0), 0);
}

/** Everything before `contentLength` bytes of ciphertext, which are the end of the file. */
export function encodeAttachedHead(parts: EnvelopeParts, contentLength: number): Buffer {
  return encodeDefiniteHead(parts, encodeHeader(Tag.contextPrimitive(0), contentLength), contentLength);
}

/** Everything before the first segment of ciphertext, when its length is not known. */
export function encodeIndefiniteHead(parts: EnvelopeParts): Buffer {
  const indefinite = (tag: number): Buffer => Buffer.from([tag, 0x80]);
  return Buffer.concat([
    indefinite(Tag.sequence),
    encodeObjectIdentifier(contentTypeIdentifiers['enveloped-data']),
    indefinite(Tag.contextConstructed(0)),
    indefinite(Tag.sequence),
    parts.version,
    parts.recipientInfos,
    indefinite(Tag.sequence),
    parts.contentType,
    parts.contentEncryptionAlgorithm,
    indefinite(Tag.contextConstructed(0)),
  ]);
}

/** End-of-contents octets of encryptedContent and the four elements around it. */
export const indefiniteTrailer: Buffer = Buffer.alloc(5 * 2);

function encodeDefiniteHead(parts: EnvelopeParts, contentHeader: Buffer, contentLength: number): Buffer {
  const wrap = (tag: number, ...content: readonly Buffer[]): Buffer => {
    const inner = Buffer.concat(content);
    return Buffer.concat([encodeHeader(tag, inner.length + contentLength), inner]);
  };
  const encryptedContentInfo = wrap(Tag.sequence, parts.contentType, parts.contentEncryptionAlgorithm, contentHeader);
  const envelopedData = wrap(Tag.sequence, parts.version, parts.recipientInfos, encryptedContentInfo);
  const contentType = encodeObjectIdentifier(contentTypeIdentifiers['enveloped-data']);
  return wrap(Tag.sequence, contentType, wrap(Tag.contextConstructed(0), envelopedData));
}
