import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentMap } from '../content/content-map.js';
import { DefiniteContentMap, DetachedContentMap } from '../content/contiguous-content.js';
import { SegmentedContentMap, type SegmentSearch } from '../content/segmented-content.js';
import type { Envelope } from '../envelope/envelope.js';
import { beginsLikeEnvelope, type EnvelopeHead, parseEnvelopeHead } from '../envelope/envelope-head.js';

/** The envelope of some forty recipients; a longer one is read on. */
const firstReadBytes = 16 * 1024;
/** Identifier and length octets of ContentInfo, its content type and [0], in their longest forms. */
const detectionBytes = 64;

export interface AttachedEnvelope {
  readonly envelope: Envelope;
  /** The bytes before the first content octet: what `parseEnvelope` takes. */
  readonly envelopeBytes: Buffer;
  readonly contentMap: ContentMap;
}

export interface ReadAttachedOptions {
  /** The longest head that is read, in bytes. */
  readonly limit?: number;
  readonly segmentSearch?: SegmentSearch;
}

/** Does a stored file carry its own envelope, or is it media in the clear? Reads the first bytes only. */
export async function detectLayout(source: ByteSource, signal: AbortSignal): Promise<'attached' | 'plain'> {
  const head = await source.read(0, Math.min(source.size, detectionBytes), signal);
  return beginsLikeEnvelope(head) ? 'attached' : 'plain';
}

/**
 * Reads the envelope at the head of a stored file.
 * @throws CmsError if the head is no envelope with content, or longer than `limit` (1 MiB unless told).
 */
export async function readAttachedEnvelope(
  source: ByteSource,
  signal: AbortSignal,
  { limit = 1024 * 1024, segmentSearch = 'pattern-or-scan' }: ReadAttachedOptions = {},
): Promise<AttachedEnvelope> {
  const { bytes, head } = await readHead(source, signal, limit);
  const { envelope, content } = head;
  if (content === undefined) {
    throw new CmsError('CMS_MALFORMED', 'the envelope has no content', {
      offset: bytes.length,
      expected: 'encryptedContent',
    });
  }
  const envelopeBytes = Buffer.from(bytes.subarray(0, content.header.contentOffset));
  const contentMap = content.header.constructed
    ? new SegmentedContentMap(envelope, content, segmentSearch)
    : new DefiniteContentMap(envelope, content);
  return { envelope, envelopeBytes, contentMap };
}

/** The map of a stored file that is the ciphertext alone, its envelope being kept elsewhere. */
export function detachedContentMap(_source: ByteSource, envelope: Envelope): ContentMap {
  return new DetachedContentMap(envelope.authentication);
}

/** Reads on in growing steps until the head is complete. */
async function readHead(
  source: ByteSource,
  signal: AbortSignal,
  limit: number,
): Promise<{ readonly bytes: Buffer; readonly head: EnvelopeHead }> {
  const most = Math.min(source.size, limit);
  for (let length = Math.min(firstReadBytes, most); ; length = Math.min(length * 4, most)) {
    const bytes = await source.read(0, length, signal);
    try {
      return { bytes, head: parseEnvelopeHead(bytes, source.size) };
    } catch (error) {
      // Only an error at the very end of the bytes at hand can be cured by more of them.
      if (!(error instanceof CmsError) || error.code !== 'CMS_TRUNCATED' || error.offset !== length) throw error;
      if (length === source.size) throw error;
      if (length < most) continue;
      const message = `the envelope is longer than ${limit} bytes`;
      throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: limit, cause: error });
    }
  }
}
