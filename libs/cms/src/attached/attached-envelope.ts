import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentMap } from '../content/content-map.js';
import { DefiniteContentMap, DetachedContentMap, TaggedContentMap } from '../content/contiguous-content.js';
import { TagAtEndContentMap } from '../content/tag-at-end.js';
import { SegmentedContentMap, type SegmentSearch } from '../content/segmented-content.js';
import type { EnvelopeTolerance } from '../envelope/content-encryption.js';
import type { Envelope } from '../envelope/envelope.js';
import { type EnvelopeHead, parseEnvelopeHead } from '../envelope/envelope-head.js';
import { binaryEncoding, detectTransferEncoding, type TransferEncoding } from '../wrapping/transfer-encoding.js';

/** The envelope of some forty recipients; a longer one is read on. */
const firstReadBytes = 16 * 1024;

export interface AttachedEnvelope {
  readonly envelope: Envelope;
  /** The bytes before the first content octet: what `parseEnvelope` takes. */
  readonly envelopeBytes: Buffer;
  readonly contentMap: ContentMap;
}

export interface ReadAttachedOptions extends EnvelopeTolerance {
  /** The longest head that is read, in bytes. */
  readonly limit?: number;
  readonly segmentSearch?: SegmentSearch;
}

/**
 * Reads the envelope at the head of a stored file, DER or BER, binary or wrapped in PEM, S/MIME or base64.
 * @throws CmsError if the head is no envelope with content, or longer than `limit` (1 MiB unless told).
 */
export async function readAttachedEnvelope(
  source: ByteSource,
  signal: AbortSignal,
  { limit = 1024 * 1024, segmentSearch = 'pattern-or-scan', ...tolerance }: ReadAttachedOptions = {},
): Promise<AttachedEnvelope> {
  const firstBytes = await source.read(0, Math.min(firstReadBytes, source.size), signal);
  const encoding = await detectTransferEncoding(source, firstBytes, signal);
  const begun = encoding === binaryEncoding ? firstBytes : Buffer.alloc(0);
  const { bytes, head } = await readHead(encoding.decode(source), begun, { limit, tolerance }, signal);
  const { envelope, content } = head;
  if (content === undefined) {
    throw new CmsError('CMS_MALFORMED', 'the envelope has no content', {
      offset: bytes.length,
      expected: 'encryptedContent',
    });
  }
  const envelopeBytes = Buffer.from(bytes.subarray(0, content.header.contentOffset));
  const octets = content.header.constructed
    ? new SegmentedContentMap(envelope, content, segmentSearch)
    : new DefiniteContentMap(envelope, content);
  const { contentEncryption } = envelope;
  const hasTag = contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true;
  const binaryMap = hasTag ? new TagAtEndContentMap(octets, contentEncryption.tagLength) : octets;
  return { envelope, envelopeBytes, contentMap: decodedContentMap(binaryMap, encoding) };
}

/** A map of the decoded bytes as a map of the stored ones. */
function decodedContentMap(map: ContentMap, encoding: TransferEncoding): ContentMap {
  if (encoding === binaryEncoding) return map;
  return { layout: map.layout, locate: (source, signal) => map.locate(encoding.decode(source), signal) };
}

/** The map of a stored file that is ciphertext, its envelope being kept elsewhere. Reads nothing. */
export function detachedContentMap(
  _source: ByteSource,
  envelope: Pick<Envelope, 'kind' | 'contentEncryption' | 'authentication'>,
): ContentMap {
  const { kind, contentEncryption, authentication } = envelope;
  const isTagged =
    kind === 'twilio-encryption-details' ||
    (contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true);
  return isTagged ? new TaggedContentMap(contentEncryption.tagLength ?? 0) : new DetachedContentMap(authentication);
}

/** Reads on in growing steps until the head is complete. */
async function readHead(
  source: ByteSource,
  begun: Buffer,
  { limit, tolerance }: { readonly limit: number; readonly tolerance: EnvelopeTolerance },
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly head: EnvelopeHead }> {
  const most = Math.min(source.size, limit);
  let bytes = begun.subarray(0, most);
  for (;;) {
    try {
      return { bytes, head: parseEnvelopeHead(bytes, source.size, tolerance) };
    } catch (error) {
      // Only an error at the very end of the bytes at hand can be cured by more of them.
      if (!(error instanceof CmsError) || error.code !== 'CMS_TRUNCATED') throw error;
      if (error.offset !== bytes.length || bytes.length === source.size) throw error;
      if (bytes.length === most) {
        const message = `the envelope is longer than ${limit} bytes`;
        throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: limit, cause: error });
      }
    }
    bytes = await source.read(0, Math.min(most, Math.max(firstReadBytes, bytes.length * 4)), signal);
  }
}
