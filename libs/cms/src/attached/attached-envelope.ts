import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentMap } from '../content/content-map.js';
import { DefiniteContentMap, DetachedContentMap, TaggedContentMap } from '../content/contiguous-content.js';
import { TagAtEndContentMap } from '../content/tag-at-end.js';
import type { ContentShape } from '../content/file-trailer.js';
import { SegmentedContentMap, type SegmentSearch } from '../content/segmented-content.js';
import type { EnvelopeTolerance } from '../envelope/content-encryption.js';
import type { Envelope } from '../envelope/envelope.js';
import { type EnvelopeHead, parseEnvelopeHead } from '../envelope/envelope-head.js';
import { readEnvelopeTrailer } from '../envelope/envelope-trailer.js';
import { unwrap } from '../wrapping/unwrapping.js';
import type { WrapperKind } from '../wrapping/unwrapping.js';

/** The envelope of some forty recipients; a longer one is read on. */
const firstReadBytes = 16 * 1024;

export interface AttachedEnvelope {
  readonly envelope: Envelope;
  /** The bytes before the first content octet: what `parseEnvelope` takes. */
  readonly envelopeBytes: Buffer;
  readonly contentMap: ContentMap;
  /** What is around it, from the outermost to the innermost. */
  readonly wrappers: readonly WrapperKind[];
}

export interface ReadAttachedOptions extends EnvelopeTolerance {
  /** The longest head that is read, in bytes. */
  readonly limit?: number;
  readonly segmentSearch?: SegmentSearch;
}

/**
 * Reads the envelope at the head of a stored file, DER or BER, binary or wrapped in PEM, S/MIME, base64 or SignedData (whose
 * signature is not checked).
 * @throws CmsError if the head is no envelope with content, or longer than `limit` (1 MiB unless told).
 */
export async function readAttachedEnvelope(
  source: ByteSource,
  signal: AbortSignal,
  options: ReadAttachedOptions = {},
): Promise<AttachedEnvelope> {
  try {
    return await readEnvelopeIn(source, signal, options);
  } catch (error) {
    if (!(error instanceof CmsError) || error.code !== 'CMS_PATTERN_BROKEN') throw error;
    return readEnvelopeIn(source, signal, { ...options, segmentSearch: 'scan' });
  }
}

async function readEnvelopeIn(
  source: ByteSource,
  signal: AbortSignal,
  { limit = 1024 * 1024, segmentSearch = 'pattern-or-scan', ...tolerance }: ReadAttachedOptions,
): Promise<AttachedEnvelope> {
  const firstBytes = await source.read(0, Math.min(firstReadBytes, source.size), signal);
  const inner = await unwrap(source, firstBytes, signal, segmentSearch);
  const { bytes, head } = await readHead(inner.source, inner.head, { limit, tolerance }, signal);
  const { envelope, content } = head;
  if (content === undefined) {
    throw new CmsError('CMS_MALFORMED', 'the envelope has no content', {
      offset: bytes.length,
      expected: 'encryptedContent',
    });
  }
  const envelopeBytes = Buffer.from(bytes.subarray(0, content.header.contentOffset));
  const { contentEncryption } = envelope;
  const shape: ContentShape = {
    blockLength: contentEncryption.mode === 'cbc' ? contentEncryption.blockLength : 1,
    readTrailer: reader => readEnvelopeTrailer(reader, contentEncryption),
  };
  const octets = content.header.constructed
    ? new SegmentedContentMap(shape, content, segmentSearch)
    : new DefiniteContentMap(shape, content);
  const hasTag = contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true;
  const binaryMap = hasTag ? new TagAtEndContentMap(octets, contentEncryption.tagLength) : octets;
  const contentMap = inner.wrappers.length === 0 ? binaryMap : mapWithin(inner.source, binaryMap);
  return { envelope, envelopeBytes, contentMap, wrappers: inner.wrappers };
}

/** A map of bytes inside a wrapper as one of the stored file. */
const mapWithin = (inner: ByteSource, map: ContentMap): ContentMap => ({
  layout: map.layout,
  locate: (_stored, signal) => map.locate(inner, signal),
});

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
