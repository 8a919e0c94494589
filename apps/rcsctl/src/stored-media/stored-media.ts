import { readFile, stat } from 'node:fs/promises';
import {
  decodeEnvelope,
  detachedContentMap,
  type FileSource,
  parseDetachedEnvelope,
  readAttachedEnvelope,
  recogniseStoredFile,
  type ContentMap,
  type DetachedEnvelope,
  type RecognisedFile,
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
 * or the JSON of a Twilio recording or an OpenTok archive).
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
  const found = await recogniseStoredFile(source, signal);
  if (found.kind !== 'envelope') throw new NoEnvelopeError(withoutEnvelope(found));
  return { source, layout: 'attached', ...(await readAttachedEnvelope(source, signal, { segmentSearch })) };
}

/** What a file without an envelope is, and what to do with it. */
export function withoutEnvelope(found: Exclude<RecognisedFile, { kind: 'envelope' }>): string {
  switch (found.kind) {
    case 'media':
      return `no envelope: clear media (${found.format})`;
    case 'trace':
      return `no envelope that can be read: ${found.trace}`;
    case 'unknown': {
      const entropy = `entropy ${found.entropy.toFixed(2)} bits per byte`;
      return `no envelope: raw ciphertext or unknown (${entropy}); name the envelope of ciphertext with --envelope`;
    }
  }
}

/** The bytes of an envelope that stands alone in a file, without PEM, base64 or S/MIME around it. */
export async function readEnvelopeFile(file: string): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > longestEnvelopeBytes) throw new Error(`${file} has ${size} bytes: too many for an envelope`);
  return decodeEnvelope(await readFile(file));
}
