import { MPEGDecoder } from 'mpg123-decoder';
import type { AudioDecoder } from './audio-decoder.js';
import { DecodingError } from './decoding-error.js';
import { PeakBuckets } from './peak-buckets.js';
import type { WaveForm } from './wave-form.js';

/** The decoder answers every mono sample twice; its memory for one answer grows with what it is given. */
const pieceBytes = 16 * 1024;
/** A damaged file has some frames that cannot be read; one that has nothing else is none. */
const mostErrors = 10_000;

/** MPEG audio, layers I to III, by mpg123 as WebAssembly. */
export class Mp3Decoder implements AudioDecoder {
  private readonly decoder = new MPEGDecoder({ enableGapless: false });
  private buckets: PeakBuckets | undefined;
  private head = new Uint8Array(0);
  private errors = 0;

  constructor(private readonly maximumSeconds: number) {}

  async add(piece: Uint8Array): Promise<void> {
    await this.decoder.ready;
    if (this.buckets === undefined) this.head = Uint8Array.from(Buffer.concat([this.head, piece]).subarray(-headBytes));
    for (let offset = 0; offset < piece.length; offset += pieceBytes) {
      const { channelData, samplesDecoded, sampleRate, errors } = this.decoder.decode(
        piece.subarray(offset, offset + pieceBytes),
      );
      this.errors += errors.length;
      if (this.errors > mostErrors) throw new DecodingError('undecodable', 'MP3 with too many broken frames');
      if (samplesDecoded === 0) continue;
      this.buckets ??= new PeakBuckets(isMono(this.head) ? 1 : 2, sampleRate, this.maximumSeconds);
      this.buckets.add(channelData, samplesDecoded);
    }
  }

  finish(): Promise<WaveForm> {
    if (this.buckets === undefined) throw new DecodingError('undecodable', 'MP3 without a frame that can be read');
    return Promise.resolve(this.buckets.finish());
  }
}

/** Where the first frame is looked for. */
const headBytes = 64 * 1024;

/** Whether the first two frame headers (ISO/IEC 11172-3, 2.4.1.3) that agree say one channel. */
function isMono(head: Uint8Array): boolean {
  let first: number | undefined;
  for (let index = 0; index + 4 <= head.length; index++) {
    if (head[index] !== 0xff || ((head[index + 1] ?? 0) & 0xe0) !== 0xe0) continue;
    const [version, rate, mode] = [
      (head[index + 1] ?? 0) & 0x1e,
      (head[index + 2] ?? 0) & 0x0c,
      (head[index + 3] ?? 0) >> 6,
    ];
    if ((version & 0x06) === 0 || (version & 0x18) === 0x08 || rate === 0x0c) continue;
    const kind = (version << 8) | (rate << 4) | mode;
    if (kind === first) return mode === 3;
    first = kind;
  }
  return first !== undefined && (first & 3) === 3;
}
