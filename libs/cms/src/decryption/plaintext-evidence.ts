import { enoughEvidenceBits } from '../recognition/media-signature.js';
import { recogniseMedia } from '../recognition/recognise-media.js';
import { redundancyBits } from '../recognition/redundancy.js';
import type { DecryptableContent } from './content-transform.js';
import { PlaintextStream } from './plaintext-stream.js';

/** Enough for two frames of the longest kind, and for a count of the bytes of speech. */
const headBytes = 4096;

/**
 * How much says that the key is the right one. What the end of the content shows is there already; where that is too
 * little, the beginning is read: media has a signature, and whatever is not compressed is not random.
 */
export async function gatherEvidence(content: DecryptableContent, signal: AbortSignal): Promise<number> {
  const { evidenceBits, plaintextLength } = content;
  if (evidenceBits >= enoughEvidenceBits || plaintextLength === 0) return evidenceBits;
  const head = await readHead(content, Math.min(headBytes, plaintextLength), signal);
  return evidenceBits + Math.max(recogniseMedia(head, plaintextLength)?.bits ?? 0, redundancyBits(head));
}

async function readHead(content: DecryptableContent, end: number, signal: AbortSignal): Promise<Buffer> {
  const stream = new PlaintextStream(content.located, content.transform(0, end), signal);
  const pieces: Buffer[] = [];
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces, end);
}
