import { BerReader } from '../asn1/ber-reader.js';
import { encodeHeader } from '../asn1/der-encoder.js';
import { type ElementHeader, Tag } from '../asn1/element-header.js';
import { encodeObjectIdentifier, formatObjectIdentifier } from '../asn1/object-identifier.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { SlicedSource } from '../byte-source/sliced-source.js';
import { CmsError } from '../cms-error.js';
import { DefiniteContentMap } from '../content/contiguous-content.js';
import type { ContentShape } from '../content/file-trailer.js';
import { LocatedSource } from '../content/located-source.js';
import { SegmentedContentMap, type SegmentSearch } from '../content/segmented-content.js';
import { contentTypeIdentifiers } from '../envelope/content-info.js';
import type { AttachedContent } from '../envelope/envelope-head.js';

const firstReadBytes = 64;

/** Certificates, revocation lists and signatures behind the content: passed over, not checked. */
const shape: ContentShape = {
  blockLength: 1,
  readTrailer: reader => {
    for (let open = reader.enclosing.length; open > 0; open--) {
      while (reader.peek() !== undefined) reader.skip('what stands behind the signed content');
      reader.leave();
    }
    reader.finish();
    return undefined;
  },
};

/**
 * The content of SignedData (RFC 5652, 5.2) as a file of its own. What is an EnvelopedData there gets the ContentInfo around
 * it that a stored file has.
 * @throws CmsError if there is none, or the structure is broken.
 */
export async function openSignedData(
  source: ByteSource,
  head: Buffer,
  segmentSearch: SegmentSearch,
  signal: AbortSignal,
): Promise<ByteSource> {
  const { contentType, content } = readSignedHead(head, source.size);
  const octets = await contentOf(source, content, segmentSearch, signal);
  const begin = await octets.read(0, Math.min(octets.size, firstReadBytes), signal);
  if (!isBareEnvelope(begin)) return octets;
  const prefix = contentInfoAround(contentType, octets.size);
  return new SlicedSource(octets, 0, octets.size, prefix);
}

function readSignedHead(
  head: Buffer,
  size: number,
): { readonly contentType: string; readonly content: AttachedContent } {
  const reader = new BerReader(head, 0, size);
  reader.enter(Tag.sequence, 'ContentInfo');
  reader.primitive(Tag.objectIdentifier, 'the content type');
  reader.enter(Tag.contextConstructed(0), 'the content');
  reader.enter(Tag.sequence, 'SignedData');
  reader.primitive(Tag.integer, 'the version');
  reader.skip('digestAlgorithms');
  reader.enter(Tag.sequence, 'EncapsulatedContentInfo');
  const contentType = formatObjectIdentifier(reader.primitive(Tag.objectIdentifier, 'eContentType'));
  const { offset } = reader;
  if (reader.peek() === undefined) {
    throw new CmsError('CMS_MALFORMED', 'the SignedData has no content', { offset, expected: 'eContent' });
  }
  reader.enter(Tag.contextConstructed(0), 'eContent');
  const { enclosing } = reader;
  const tag = reader.peek();
  const known = tag === Tag.constructedOctetString || tag === Tag.sequence ? tag : Tag.octetString;
  return { contentType, content: { header: reader.header(known, 'eContent'), enclosing } };
}

async function contentOf(
  source: ByteSource,
  content: AttachedContent,
  segmentSearch: SegmentSearch,
  signal: AbortSignal,
): Promise<ByteSource> {
  const { header } = content;
  // PKCS #7 1.5 has the content as it is instead of an OCTET STRING (RFC 5652, 5.2.1).
  if (header.tag === Tag.sequence) return elementOf(source, header);
  const map = header.constructed
    ? new SegmentedContentMap(shape, content, segmentSearch)
    : new DefiniteContentMap(shape, content);
  return new LocatedSource(await map.locate(source, signal));
}

function elementOf(source: ByteSource, { offset, end }: ElementHeader): ByteSource {
  if (end !== undefined && end <= source.size) return new SlicedSource(source, offset, end);
  const expected = 'an OCTET STRING, or an element of known length within the file';
  throw new CmsError('CMS_UNSUPPORTED', 'eContent has no end that is known', { offset, expected });
}

/** EnvelopedData begins with its version, ContentInfo with its type. */
function isBareEnvelope(begin: Buffer): boolean {
  try {
    const reader = new BerReader(begin);
    reader.enter(Tag.sequence, 'the content');
    return reader.peek() === Tag.integer;
  } catch (error) {
    if (error instanceof CmsError) return false;
    throw error;
  }
}

function contentInfoAround(contentType: string, size: number): Buffer {
  const isEnvelope =
    contentType === contentTypeIdentifiers['enveloped-data'] ||
    contentType === contentTypeIdentifiers['auth-enveloped-data'];
  if (!isEnvelope) {
    const message = `SignedData around ${contentType}`;
    throw new CmsError('CMS_UNSUPPORTED', message, { expected: 'EnvelopedData or AuthEnvelopedData' });
  }
  const type = encodeObjectIdentifier(contentType);
  const content = encodeHeader(Tag.contextConstructed(0), size);
  return Buffer.concat([encodeHeader(Tag.sequence, type.length + content.length + size), type, content]);
}
