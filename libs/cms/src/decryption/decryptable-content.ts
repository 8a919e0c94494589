import type { LocatedContent } from '../content/content-map.js';
import type { ContentTransform } from './content-transform.js';

/** Content whose key has been found right as far as its mode allows. */
export interface DecryptableContent {
  readonly located: LocatedContent;
  readonly plaintextLength: number;
  /** A wrong key gets this far with a probability of 2 to the power of minus this. */
  readonly evidenceBits: number;
  /** A transform for plaintext [start, end), with a cipher of its own. */
  transform(start: number, end: number): ContentTransform;
}
