import { BufferSource } from '../byte-source/buffer-source.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { SlicedSource } from '../byte-source/sliced-source.js';
import { CmsError } from '../cms-error.js';
import type { SegmentSearch } from '../content/segmented-content.js';
import { decodeDigits, digitsOf } from './base64-digits.js';
import { Base64Source, measureBase64Lines } from './base64-source.js';
import { detectWrapper, isText, type Wrapper } from './wrapper.js';

/** Text whose lines differ in length cannot be addressed by arithmetic; up to this size it is decoded in memory. */
const maximumUnevenBytes = 16 * 1024 * 1024;
/** Mail heads and text before PEM are looked through up to here. */
export const longestPreamble = 1024 * 1024;

/** What the beginning of a file shows of a wrapper. */
export interface SearchedText {
  /** As much of the file as was looked at. */
  readonly head: Buffer;
  readonly wrapper: Wrapper | undefined;
}

/** Looks through text until a wrapper is found, `longestPreamble` at most; of other files the first bytes are enough. */
export async function findWrapper(source: ByteSource, head: Buffer, signal: AbortSignal): Promise<SearchedText> {
  const most = Math.min(source.size, longestPreamble);
  let seen = head;
  for (;;) {
    const wrapper = detectWrapper(seen);
    if (wrapper !== undefined || seen.length >= most || !isText(seen.toString('latin1')))
      return { head: seen, wrapper };
    const more = await source.read(seen.length, Math.min(most, seen.length * 4), signal);
    seen = Buffer.concat([seen, more]);
  }
}

/**
 * @param search 'scan' where the lines have turned out to be less even than they look at both ends.
 * @throws CmsError if the text is broken, or uneven and too long.
 */
export async function decodeText(
  source: ByteSource,
  wrapper: Wrapper,
  signal: AbortSignal,
  search: SegmentSearch = 'pattern-or-scan',
): Promise<ByteSource> {
  if (wrapper.binary === true) return new SlicedSource(source, wrapper.bodyOffset, source.size);
  const lines = search === 'scan' ? undefined : await measureBase64Lines(source, wrapper, signal);
  if (lines !== undefined) return new Base64Source(source, lines);
  return new BufferSource(await decodeWhole(source, wrapper, signal));
}

async function decodeWhole(source: ByteSource, wrapper: Wrapper, signal: AbortSignal): Promise<Buffer> {
  const { bodyOffset } = wrapper;
  if (source.size > maximumUnevenBytes) {
    const expected = `lines of one length, or at most ${maximumUnevenBytes} bytes`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', 'base64 text with uneven lines', { offset: bodyOffset, expected });
  }
  const text = (await source.read(0, source.size, signal)).toString('latin1');
  return decodeDigits(digitsOf(text, wrapper), bodyOffset);
}
