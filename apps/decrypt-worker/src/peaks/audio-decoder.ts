import type { WaveForm } from './wave-form.js';

/** Makes a wave form of a file that comes in pieces. */
export interface AudioDecoder {
  /** @throws DecodingError */
  add(piece: Uint8Array): Promise<void>;
  /** After the last piece. @throws DecodingError */
  finish(): Promise<WaveForm>;
}
