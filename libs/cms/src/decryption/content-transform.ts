import type { LocatedContent } from '../content/content-map.js';

/** Turns one run of ciphertext into plaintext. Made for one stream, with a key of its own from the beginning. */
export interface ContentTransform {
  /** Ciphertext [start, end) has to be fed. */
  readonly start: number;
  readonly end: number;
  /** Bytes at the beginning of the output that nobody asked for. */
  readonly discard: number;
  /** Bytes behind them that were asked for. */
  readonly length: number;
  /** Takes the next ciphertext. The output may not share memory with the input. */
  update(ciphertext: Buffer): Buffer;
  /**
   * Called when all ciphertext has passed and before the last of the output is released.
   * @param rest output behind the wanted bytes.
   * @throws CmsError CMS_UNDECRYPTABLE if padding or authentication tag are wrong.
   */
  verify(rest: Buffer): void;
}

/** Content whose key has been found right as far as its mode allows. */
export interface DecryptableContent {
  readonly located: LocatedContent;
  readonly plaintextLength: number;
  /** A wrong key gets this far with a probability of 2 to the power of minus this. */
  readonly evidenceBits: number;
  /** A transform for plaintext [start, end), with a cipher of its own. */
  transform(start: number, end: number): ContentTransform;
  /** Whether reading plaintext [start, end) in parts proves as much, and costs hardly more, than reading it at once. */
  dividable(start: number, end: number): boolean;
}

/** Hands the ciphertext on as it is. */
export class CopyTransform implements ContentTransform {
  readonly discard = 0;
  readonly length: number;

  constructor(
    readonly start: number,
    readonly end: number,
  ) {
    this.length = end - start;
  }

  update(ciphertext: Buffer): Buffer {
    return Buffer.from(ciphertext);
  }

  verify(): void {
    return;
  }
}
