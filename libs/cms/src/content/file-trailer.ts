import { BerReader } from '../asn1/ber-reader.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentAuthentication } from '../envelope/envelope.js';
import type { EnclosingElement } from '../envelope/envelope-head.js';

/** Attributes and end-of-contents octets behind the content are not larger than this. */
const maximumTrailerBytes = 1024 * 1024;

/** What is known of the structure that content stands in. */
export interface ContentShape {
  /** The content is a multiple of this many bytes. */
  readonly blockLength: number;
  /** Reads what stands behind the content, up to the end of the outermost element. */
  readTrailer(reader: BerReader): ContentAuthentication | undefined;
}

export interface TrailerPlace {
  /** Offset of the first byte behind encryptedContent. */
  readonly trailerOffset: number;
  /** From where the caller wants the end of the content, too. */
  readonly tailOffset: number;
  readonly signal: AbortSignal;
}

export interface FileTrailer {
  /** Bytes [tailOffset, trailerOffset). */
  readonly tail: Buffer;
  readonly authentication: ContentAuthentication | undefined;
}

/** Reads the end of a stored file in one go: the end of its content and all that stands behind it. */
export async function readFileTrailer(
  source: ByteSource,
  shape: ContentShape,
  enclosing: readonly EnclosingElement[],
  { trailerOffset, tailOffset, signal }: TrailerPlace,
): Promise<FileTrailer> {
  if (source.size - trailerOffset > maximumTrailerBytes) {
    const message = `${source.size - trailerOffset} bytes stand behind the content`;
    const expected = `at most ${maximumTrailerBytes} bytes`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: trailerOffset, expected });
  }
  const bytes = await source.read(tailOffset, source.size, signal);
  const split = trailerOffset - tailOffset;
  const reader = new BerReader(bytes.subarray(split), trailerOffset, source.size);
  reader.resume(enclosing);
  return { tail: bytes.subarray(0, split), authentication: shape.readTrailer(reader) };
}
