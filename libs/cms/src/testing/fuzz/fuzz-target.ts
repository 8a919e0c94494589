import { buffer } from 'node:stream/consumers';
import { readAttachedEnvelope } from '../../attached/attached-envelope.js';
import { BufferSource } from '../../byte-source/buffer-source.js';
import { CmsError } from '../../cms-error.js';
import type { SegmentSearch } from '../../content/segmented-content.js';
import { CopyTransform } from '../../decryption/content-transform.js';
import { EncryptedMedia } from '../../decryption/encrypted-media.js';
import { PlaintextStream } from '../../decryption/plaintext-stream.js';
import { parseEnvelope } from '../../envelope/parse-envelope.js';
import { decodeEnvelope } from '../../wrapping/envelope-text.js';

const never = new AbortController().signal;

/**
 * What holds for any bytes whatever: every way through the readers ends with a result or a CmsError that names a place
 * within the bytes, and the ways agree with one another.
 * @throws Error with what did not hold.
 */
export async function runFuzzTarget(bytes: Buffer): Promise<void> {
  await attempt(bytes, () => parseEnvelope(bytes));
  await attempt(bytes, () => parseEnvelope(decodeEnvelope(bytes)));
  const patterned = await attempt(bytes, () => readContent(bytes, 'pattern-or-scan'));
  const scanned = await attempt(bytes, () => readContent(bytes, 'scan'));
  if (patterned !== undefined && (scanned === undefined || !patterned.equals(scanned))) {
    throw new Error('a scan of the segments finds something else than their pattern');
  }
  await attempt(bytes, () => decrypt(bytes));
}

async function attempt<Result>(bytes: Buffer, step: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    const { offset = 0 } = error;
    if (offset >= 0 && offset <= bytes.length) return undefined;
    throw new Error(`an error names byte ${offset} of ${bytes.length}`, { cause: error });
  }
}

async function readContent(bytes: Buffer, segmentSearch: SegmentSearch): Promise<Buffer> {
  const source = new BufferSource(bytes);
  const { envelope, envelopeBytes, contentMap } = await readAttachedEnvelope(source, never, { segmentSearch });
  const again = parseEnvelope(envelopeBytes);
  if (JSON.stringify(again) !== JSON.stringify(envelope)) throw new Error('the envelope alone reads differently');
  const located = await contentMap.locate(source, never);
  const read = async (start: number, end: number): Promise<Buffer> => {
    try {
      return await buffer(new PlaintextStream(located, new CopyTransform(start, end), never));
    } catch (error) {
      // Only what was taken for even segments may turn out to be something else.
      if (located.addressing === 'regular' || isPatternBroken(error)) throw error;
      throw new Error('content that was located cannot be read', { cause: error });
    }
  };

  const { ciphertextLength, tail } = located;
  const ciphertext = await read(0, ciphertextLength);
  if (ciphertext.length !== ciphertextLength) throw new Error('the content has another length than was found');
  if (!ciphertext.subarray(ciphertextLength - tail.length).equals(tail)) throw new Error('the tail is another one');
  const [start, end] = [Math.floor(ciphertextLength / 3), Math.ceil(ciphertextLength / 2)];
  if (!(await read(start, end)).equals(ciphertext.subarray(start, end))) throw new Error('a range is another one');
  return ciphertext;
}

/** Of what is around it, too. */
const isPatternBroken = (error: unknown): boolean => error instanceof CmsError && error.code === 'CMS_PATTERN_BROKEN';

async function decrypt(bytes: Buffer): Promise<void> {
  const source = new BufferSource(bytes);
  const { envelope, contentMap } = await readAttachedEnvelope(source, never);
  const sessionKey = Buffer.alloc(envelope.contentEncryption.keyLength, 1);
  const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
  await buffer(media.stream(0, media.plaintextLength, never));
}
