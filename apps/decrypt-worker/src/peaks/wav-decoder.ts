import type { AudioDecoder } from './audio-decoder.js';
import { DecodingError } from './decoding-error.js';
import { PeakBuckets } from './peak-buckets.js';
import { sampleReaderOf, type SampleFormat, type SampleReader } from './sample-readers.js';

/** A header that has more than this before its samples is no recorder's. */
const longestHeader = 1024 * 1024;
/** Lengths that a recorder which wrote into a pipe could not know. */
const unknownLengths: ReadonlySet<number> = new Set([0, 0xffffffff]);

interface Samples extends SampleReader {
  readonly buckets: PeakBuckets;
  readonly channels: number;
  /** Bytes of the samples that are still to come. */
  left: number;
}

/** WAV, RF64 and BW64 (little-endian RIFF): PCM, float, A-law and mu-law. */
export class WavDecoder implements AudioDecoder {
  private rest: Uint8Array = new Uint8Array(0);
  private samples: Samples | undefined;
  private format: SampleFormat | undefined;

  constructor(private readonly maximumSeconds: number) {}

  add(piece: Uint8Array): Promise<void> {
    this.rest = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    if (this.samples === undefined) this.readHeader();
    if (this.samples !== undefined) this.readSamples(this.samples);
    return Promise.resolve();
  }

  finish() {
    if (this.samples === undefined) throw new DecodingError('undecodable', 'WAV without samples');
    return Promise.resolve(this.samples.buckets.finish());
  }

  private readHeader(): void {
    const bytes = Buffer.from(this.rest.buffer, this.rest.byteOffset, this.rest.length);
    let offset = 12;
    while (offset + 8 <= bytes.length) {
      const name = bytes.toString('latin1', offset, offset + 4);
      const length = bytes.readUInt32LE(offset + 4);
      if (name === 'data') {
        this.begin(length);
        this.rest = this.rest.subarray(offset + 8);
        return;
      }
      const end = offset + 8 + length + (length % 2);
      if (name === 'fmt ' && end <= bytes.length) this.format = readFormat(bytes.subarray(offset + 8, end));
      if (end > longestHeader) throw new DecodingError('undecodable', 'WAV with a header of more than a mebibyte');
      offset = end;
    }
    if (this.rest.length > longestHeader) throw new DecodingError('undecodable', 'WAV without samples');
  }

  private begin(length: number): void {
    if (this.format === undefined)
      throw new DecodingError('undecodable', 'WAV that does not say how samples are written');
    const { channels, sampleRate } = this.format;
    const left = unknownLengths.has(length) ? Infinity : length;
    const buckets = new PeakBuckets(channels, sampleRate, this.maximumSeconds);
    this.samples = { ...sampleReaderOf(this.format), buckets, channels, left };
  }

  private readSamples(samples: Samples): void {
    const { bytes, read, channels, buckets } = samples;
    const available = this.rest.subarray(0, Math.min(this.rest.length, samples.left));
    const frame = bytes * channels;
    const count = Math.floor(available.length / frame);
    if (count > 0) {
      const view = new DataView(available.buffer, available.byteOffset, count * frame);
      const decoded = Array.from({ length: channels }, () => new Float32Array(count));
      for (const [channel, into] of decoded.entries()) {
        for (let index = 0; index < count; index++) into[index] = read(view, index * frame + channel * bytes);
      }
      buckets.add(decoded, count);
    }
    samples.left -= count * frame;
    this.rest = this.rest.slice(count * frame, available.length);
  }
}

const extensible = 0xfffe;

/** WAVEFORMATEX, and WAVEFORMATEXTENSIBLE, whose sub-format begins with the number that the other has. */
function readFormat(chunk: Buffer): SampleFormat {
  if (chunk.length < 16) throw new DecodingError('undecodable', 'WAV with a cut description of its samples');
  const tag = chunk.readUInt16LE(0);
  return {
    tag: tag === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag,
    channels: chunk.readUInt16LE(2),
    sampleRate: chunk.readUInt32LE(4),
    bits: chunk.readUInt16LE(14),
  };
}
