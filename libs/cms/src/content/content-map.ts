import type { ByteSource } from '../byte-source/byte-source.js';
import type { ContentAuthentication } from '../envelope/envelope.js';
import type { SegmentStripper } from './segment-stripper.js';

export type ContentLayout =
  /** The stored file is the ciphertext. */
  | 'detached'
  /** One run of ciphertext within the stored file. */
  | 'definite'
  /** Ciphertext in segments, each behind a header (a constructed OCTET STRING). */
  | 'segmented';

/** Describes where the ciphertext lies within a stored file, as far as the head of the file tells. */
export interface ContentMap {
  readonly layout: ContentLayout;
  /**
   * Finds the end of the content by reading the tail of the file, and the whole of it once if its segments follow no
   * pattern.
   * @throws CmsError if the structure around the content is broken.
   */
  locate(source: ByteSource, signal: AbortSignal): Promise<LocatedContent>;
}

/** Content whose exact place is known. */
export interface LocatedContent {
  /** Offsets of the extracts count within this. */
  readonly source: ByteSource;
  /** How offsets are found: by arithmetic, or through an index made by reading the whole file. */
  readonly addressing: 'contiguous' | 'regular' | 'indexed';
  readonly ciphertextLength: number;
  /** The last bytes of the ciphertext, `tailBytes` or all of it. */
  readonly tail: Buffer;
  /** Of attached AuthEnvelopedData. */
  readonly authentication: ContentAuthentication | undefined;
  /** Where ciphertext [start, end) is stored. */
  extract(start: number, end: number): CiphertextExtract;
}

/** Two blocks of the widest cipher. */
export const tailBytes = 32;

/** A stored range, and how to get the wanted ciphertext out of it. */
export interface CiphertextExtract {
  readonly start: number;
  readonly end: number;
  /** Takes headers and unwanted bytes away; undefined where the range is the ciphertext as it stands. */
  readonly stripper?: SegmentStripper;
  /** A header that has to be looked at first, because the range begins behind it. */
  readonly check?: { readonly offset: number; readonly header: Buffer };
}
