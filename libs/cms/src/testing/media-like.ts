import { randomBytes } from 'node:crypto';

/** The head of an MP3 with a tag; of an empty one, so that any bytes may follow. */
const tagHeader = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');

/** Bytes that do not repeat and begin like media: what is opened has to look like something. */
export function mediaLike(size: number): Buffer {
  const bytes = randomBytes(size);
  tagHeader.copy(bytes);
  return bytes;
}
