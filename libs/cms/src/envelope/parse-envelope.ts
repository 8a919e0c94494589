import { CmsError } from '../cms-error.js';
import type { EnvelopeTolerance } from './content-encryption.js';
import type { Envelope } from './envelope.js';
import { parseEnvelopeHead } from './envelope-head.js';

/**
 * Parses the bytes that are the envelope: a whole EnvelopedData or AuthEnvelopedData without encryptedContent, or the
 * beginning of a file with its content inside that ends right behind the header of encryptedContent. DER or BER.
 * @throws CmsError CMS_MALFORMED, CMS_TRUNCATED, CMS_UNSUPPORTED or CMS_LIMIT_EXCEEDED, also when anything follows.
 */
export function parseEnvelope(bytes: Buffer, tolerance: EnvelopeTolerance = {}): Envelope {
  const { envelope, content } = parseEnvelopeHead(bytes, undefined, tolerance);
  if (content !== undefined && content.header.contentOffset !== bytes.length) {
    const left = bytes.length - content.header.contentOffset;
    throw new CmsError('CMS_MALFORMED', `${left} bytes of content follow the envelope`, {
      offset: content.header.contentOffset,
      expected: 'the end of the envelope',
    });
  }
  return envelope;
}
