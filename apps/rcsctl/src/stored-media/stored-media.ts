import { readFile, stat } from 'node:fs/promises';
import {
  decodeEnvelope,
  detachedContentMap,
  detectLayout,
  type FileSource,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  type ContentMap,
  type DetachedEnvelope,
  type SegmentSearch,
} from '#cms';

/** A stored file and the envelope that belongs to it. */
export interface StoredMedia {
  readonly source: FileSource;
  readonly layout: 'attached' | 'detached';
  readonly envelope: DetachedEnvelope;
  /** What a grant names by its digest. */
  readonly envelopeBytes: Buffer;
  readonly contentMap: ContentMap;
}

/** The file is media in the clear, or no media at all. */
export class NoEnvelopeError extends Error {
  override readonly name = 'NoEnvelopeError';
}

const longestEnvelopeBytes = 2 * 1024 * 1024;

/**
 * Finds the envelope of a stored file, in the file itself or in `envelopeFile` (CMS in DER, BER, PEM, base64 or S/MIME,
 * or the JSON of a Twilio recording).
 * @throws NoEnvelopeError, or CmsError saying at which byte what is wrong.
 */
export async function findEnvelope(
  source: FileSource,
  envelopeFile: string | undefined,
  signal: AbortSignal,
  segmentSearch: SegmentSearch = 'pattern-or-scan',
): Promise<StoredMedia> {
  if (envelopeFile !== undefined) {
    const envelopeBytes = await readEnvelopeFile(envelopeFile);
    const envelope = parseDetachedEnvelope(envelopeBytes);
    return { source, layout: 'detached', envelope, envelopeBytes, contentMap: detachedContentMap(source, envelope) };
  }
  if ((await detectLayout(source, signal)) === 'plain') {
    throw new NoEnvelopeError(
      'the file has no envelope: it is media in the clear, or ciphertext whose envelope is named with --envelope',
    );
  }
  return { source, layout: 'attached', ...(await readAttachedEnvelope(source, signal, { segmentSearch })) };
}

/** The bytes of an envelope that stands alone in a file, without PEM, base64 or S/MIME around it. */
export async function readEnvelopeFile(file: string): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > longestEnvelopeBytes) throw new Error(`${file} has ${size} bytes: too many for an envelope`);
  return decodeEnvelope(await readFile(file));
}
