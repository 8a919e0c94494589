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
