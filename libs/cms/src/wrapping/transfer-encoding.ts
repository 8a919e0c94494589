import { BufferSource } from '../byte-source/buffer-source.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import { decodeDigits, digitsOf } from './base64-digits.js';
import { Base64Source, measureBase64Lines } from './base64-source.js';
import { detectWrapper, type Wrapper } from './wrapper.js';

/** Text whose lines differ in length cannot be addressed by arithmetic; up to this size it is decoded in memory. */
const maximumUnevenBytes = 16 * 1024 * 1024;

/** How a stored file has to be read to get the bytes of the CMS object. */
export interface TransferEncoding {
  /** The decoded bytes of `source`, whose wrapper was measured before. */
  decode(source: ByteSource): ByteSource;
}

/** No text at all. */
export const binaryEncoding: TransferEncoding = { decode: source => source };

/**
 * Looks at the first bytes (`wrapperHeadBytes` of them) and, for text, the last bytes of a stored file.
 * @throws CmsError if it is a wrapped envelope whose text is broken, or uneven and too long.
 */
export async function detectTransferEncoding(
  source: ByteSource,
  head: Buffer,
  signal: AbortSignal,
): Promise<TransferEncoding> {
  const wrapper = detectWrapper(head);
  if (wrapper === undefined) return binaryEncoding;
  const lines = await measureBase64Lines(source, wrapper.bodyOffset, signal);
  if (lines !== undefined) return { decode: stored => new Base64Source(stored, lines) };
  const decoded = new BufferSource(await decodeWhole(source, wrapper, signal));
  return { decode: () => decoded };
}

async function decodeWhole(source: ByteSource, { bodyOffset }: Wrapper, signal: AbortSignal): Promise<Buffer> {
  if (source.size > maximumUnevenBytes) {
    const expected = `lines of one length, or at most ${maximumUnevenBytes} bytes`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', 'base64 text with uneven lines', { offset: bodyOffset, expected });
  }
  const text = (await source.read(0, source.size, signal)).toString('latin1');
  return decodeDigits(digitsOf(text, bodyOffset), bodyOffset);
}
