import { DecodingError } from './decoding-error.js';

/** How samples are written in a WAV file. */
export interface SampleFormat {
  /** wFormatTag. */
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

export interface SampleReader {
  /** Of one sample. */
  readonly bytes: number;
  /** A sample from -1 to 1. */
  readonly read: (view: DataView, offset: number) => number;
}

/** By tag and bits. */
const readers: Readonly<Record<string, SampleReader>> = {
  '1/8': { bytes: 1, read: (view, offset) => (view.getUint8(offset) - 128) / 128 },
  '1/16': { bytes: 2, read: (view, offset) => view.getInt16(offset, true) / 32_768 },
  '1/24': {
    bytes: 3,
    read: (view, offset) => ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 8_388_608,
  },
  '1/32': { bytes: 4, read: (view, offset) => view.getInt32(offset, true) / 2_147_483_648 },
  '3/32': { bytes: 4, read: (view, offset) => finite(view.getFloat32(offset, true)) },
  '6/8': { bytes: 1, read: (view, offset) => aLaw[view.getUint8(offset)] ?? 0 },
  '7/8': { bytes: 1, read: (view, offset) => muLaw[view.getUint8(offset)] ?? 0 },
};

/** @throws DecodingError unsupported, naming the form */
export function sampleReaderOf({ tag, bits }: SampleFormat): SampleReader {
  const reader = readers[`${tag}/${bits}`];
  if (reader !== undefined) return reader;
  throw new DecodingError('unsupported', `WAV of format ${tag} with ${bits} bits for a sample`);
}

const finite = (sample: number): number => (Number.isFinite(sample) ? sample : 0);

/** ITU-T G.711, table 1a: every other bit is inverted; 13 bits. */
const aLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const value = code ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + (exponent === 0 ? 8 : 0x108);
  const magnitude = exponent > 1 ? mantissa << (exponent - 1) : mantissa;
  return ((value & 0x80) === 0 ? -magnitude : magnitude) / 32_768;
});

/** ITU-T G.711, table 2a: all bits are inverted; 14 bits. */
const muLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const value = ~code & 0xff;
  const magnitude = ((((value & 15) << 3) + 0x84) << ((value >> 4) & 7)) - 0x84;
  return ((value & 0x80) === 0 ? magnitude : -magnitude) / 32_768;
});
