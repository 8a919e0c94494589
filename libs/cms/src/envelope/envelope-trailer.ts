import type { BerReader } from '../asn1/ber-reader.js';
import { toDefiniteLengths } from '../asn1/canonical-der.js';
import { Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import type { ContentAuthentication, ContentEncryption } from './envelope.js';

/**
 * Reads what stands behind the (absent or passed) encryptedContent: attributes, the authentication tag of
 * AuthEnvelopedData, and the ends of EncryptedContentInfo, EnvelopedData, [0] and ContentInfo. Nothing may follow.
 */
export function readEnvelopeTrailer(
  reader: BerReader,
  encryption: ContentEncryption,
): ContentAuthentication | undefined {
  reader.leave();
  const isAuthEnvelopedData = encryption.mode === 'gcm' && encryption.tagInContent !== true;
  const authentication = isAuthEnvelopedData ? readAuthentication(reader, encryption.tagLength) : undefined;
  const attributes = Tag.contextConstructed(isAuthEnvelopedData ? 2 : 1);
  if (reader.peek() === attributes) reader.skip('unprotected attributes');
  reader.leave();
  reader.leave();
  reader.leave();
  reader.finish();
  return authentication;
}

/** authAttrs and mac (RFC 5083, 2.1). */
function readAuthentication(reader: BerReader, tagLength: number): ContentAuthentication {
  let additionalData: Buffer = Buffer.alloc(0);
  if (reader.peek() === Tag.contextConstructed(1)) {
    additionalData = toDefiniteLengths(reader.skip('authAttrs'));
    // RFC 5083, 2.2: what is authenticated carries the tag SET OF instead of [1].
    additionalData[0] = Tag.set;
  }
  const { offset } = reader;
  const tag = Buffer.from(reader.octets(Tag.octetString, 'mac'));
  if (tag.length !== tagLength) {
    throw new CmsError('CMS_MALFORMED', `mac has ${tag.length} bytes`, { offset, expected: `${tagLength} bytes` });
  }
  return { tag, additionalData };
}
