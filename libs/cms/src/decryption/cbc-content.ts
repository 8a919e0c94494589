import { CmsError, undecryptable } from '../cms-error.js';
import type { LocatedContent } from '../content/content-map.js';
import type { ContentEncryption } from '../envelope/envelope.js';
import { contentDecipher } from './content-decipher.js';
import type { ContentTransform, DecryptableContent } from './content-transform.js';

export type CbcEncryption = Extract<ContentEncryption, { mode: 'cbc' }>;

/**
 * Opens CBC content: the last two blocks show whether the padding (RFC 5652, 6.3) is right and how long the plaintext is.
 * A wrong key makes a right padding of one byte in one case of 256; the longer the padding, the more it says.
 * @throws CmsError CMS_MALFORMED if the length is impossible, CMS_UNDECRYPTABLE if the padding is wrong.
 */
export function openCbcContent(
  located: LocatedContent,
  encryption: CbcEncryption,
  sessionKey: Buffer,
): DecryptableContent {
  const { blockLength } = encryption;
  const { ciphertextLength, tail } = located;
  if (ciphertextLength === 0 || ciphertextLength % blockLength !== 0) {
    const expected = `a multiple of ${blockLength}, at least ${blockLength}`;
    throw new CmsError('CMS_MALFORMED', `the content has ${ciphertextLength} bytes`, { expected });
  }
  const previous = ciphertextLength > blockLength ? tail.subarray(-2 * blockLength, -blockLength) : encryption.iv;
  const decipher = contentDecipher(encryption.algorithm, sessionKey, previous).setAutoPadding(false);
  const padding = paddingLength(decipher.update(tail.subarray(-blockLength)));
  if (padding === 0) throw undecryptable();
  const plaintextLength = ciphertextLength - padding;
  return {
    located,
    plaintextLength,
    evidenceBits: padding * 8,
    dividable: () => true,
    transform: (start, end) =>
      new CbcTransform(encryption, sessionKey, { start, end, plaintextLength, ciphertextLength }),
  };
}

interface CbcRange {
  readonly start: number;
  readonly end: number;
  readonly plaintextLength: number;
  readonly ciphertextLength: number;
}

class CbcTransform implements ContentTransform {
  readonly start: number;
  readonly end: number;
  readonly discard: number;
  readonly length: number;
  private readonly decipher;
  private readonly reachesEnd: boolean;

  constructor(
    { algorithm, blockLength, iv }: CbcEncryption,
    sessionKey: Buffer,
    { start, end, plaintextLength, ciphertextLength }: CbcRange,
  ) {
    const firstBlock = Math.floor(start / blockLength);
    // The block before the first wanted one is its initialisation vector; fed to the cipher, it needs no read of its own.
    this.start = Math.max(0, firstBlock - 1) * blockLength;
    this.discard = start - this.start;
    this.length = end - start;
    this.reachesEnd = end === plaintextLength;
    this.end = this.reachesEnd ? ciphertextLength : Math.ceil(end / blockLength) * blockLength;
    this.decipher = contentDecipher(algorithm, sessionKey, iv).setAutoPadding(false);
  }

  update(ciphertext: Buffer): Buffer {
    return this.decipher.update(ciphertext);
  }

  verify(rest: Buffer): void {
    if (this.reachesEnd && paddingLength(rest) !== rest.length) throw undecryptable();
  }
}

/**
 * Number of padding bytes at the end of a last block, or 0 if there is no right padding. Every byte is looked at whatever
 * the others are.
 */
function paddingLength(block: Buffer): number {
  const padding = block.at(-1) ?? 0;
  let wrong = Number(padding === 0) | Number(padding > block.length);
  for (let i = 0; i < block.length; i++) {
    const inPadding = Number(i >= block.length - padding);
    wrong |= inPadding & Number(block[i] !== padding);
  }
  return padding * (1 - wrong);
}
