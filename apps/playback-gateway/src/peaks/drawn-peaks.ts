import type { MadePeaks } from '#contracts';
import type { PeaksQuery } from './peaks.schema.js';

/** A wave form as players take it. */
export interface DrawnPeaks {
  readonly sampleRate: number;
  /** Seconds. */
  readonly duration: number;
  /** Buckets of each channel: as many as were asked for, or as there are. */
  readonly buckets: number;
  /** Of each channel: the highest absolute sample of each bucket, or its lowest and its highest, one after the other. */
  readonly peaks: readonly (readonly number[])[];
}

/** What is kept has equal buckets, several of which become one of those that are asked for. */
export function drawPeaks(made: MadePeaks, { buckets: wanted, form, bits }: PeaksQuery): DrawnPeaks {
  const { sampleRate, samples, channels } = made;
  const kept = channels.map(channel => Buffer.from(channel, 'base64'));
  const available = Math.min(...kept.map(({ length }) => Math.floor(length / 4)));
  const buckets = Math.min(wanted, available);
  const scaled = scaleOf(bits);
  const peaks = kept.map(bytes => {
    const drawn: number[] = [];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const [from, to] = [bucket, bucket + 1].map(edge => Math.floor((edge * available) / buckets)) as [number, number];
      const [lowest, highest] = extremes(bytes, from, to);
      if (form === 'minmax') drawn.push(scaled(lowest), scaled(highest));
      else drawn.push(scaled(Math.min(32_767, Math.max(-lowest, highest))));
    }
    return drawn;
  });
  return { sampleRate, duration: Math.round((samples / sampleRate) * 1000) / 1000, buckets, peaks };
}

function extremes(bytes: Buffer, from: number, to: number): [lowest: number, highest: number] {
  let [lowest, highest] = [32_767, -32_768];
  for (let bucket = from; bucket < to; bucket++) {
    lowest = Math.min(lowest, bytes.readInt16LE(4 * bucket));
    highest = Math.max(highest, bytes.readInt16LE(4 * bucket + 2));
  }
  return [lowest, highest];
}

/** Whole numbers of as many bits, or -1 to 1 with four digits behind the point. */
function scaleOf(bits: PeaksQuery['bits']): (sample: number) => number {
  switch (bits) {
    case 16:
      return sample => sample;
    case 8:
      return sample => sample >> 8;
    case undefined:
      return sample => Math.round((sample / 32_768) * 10_000) / 10_000;
  }
}
