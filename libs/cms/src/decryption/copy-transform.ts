import type { ContentTransform } from './content-transform.js';

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
