import { fixedSignature } from './fixed-signatures.js';
import { frameChain } from './frame-chains.js';
import { enoughEvidenceBits, type MediaSignature } from './media-signature.js';

/** As much of the beginning of a file as is looked at: two frames of the longest kind, and room to find them. */
export const mediaHeadBytes = 8192;

/**
 * The format of media by its beginning: a signature of 32 bits, or frames that follow each other. Media without either
 * (raw G.711 and PCM), and whatever is no media, is not recognised.
 * @param size of the whole file, in bytes.
 */
export function recogniseMedia(head: Buffer, size = head.length): MediaSignature | undefined {
  const found = fixedSignature(head, size) ?? jpeg(head) ?? frameChain(head);
  return found !== undefined && found.bits >= enoughEvidenceBits ? found : undefined;
}

/** Start of image, then a segment that another one follows where it ends. */
function jpeg(head: Buffer): MediaSignature | undefined {
  if (head.length < 6 || head.readUIntBE(0, 3) !== 0xffd8ff || (head[3] ?? 0) < 0xc0) return undefined;
  const next = 4 + head.readUInt16BE(4);
  return head[next] === 0xff && (head[next + 1] ?? 0) >= 0xc0 ? { format: 'jpeg', bits: 36 } : undefined;
}
