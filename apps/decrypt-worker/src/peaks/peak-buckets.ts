import { DecodingError } from './decoding-error.js';
import type { WaveForm } from './wave-form.js';

/** Of each channel. Twice as many as any screen is wide. */
export const mostBuckets = 8000;
const firstSamplesPerBucket = 32;
const mostChannels = 8;

/**
 * Lowest and highest samples of audio whose length nobody knows before its end: when all buckets are full, each two become
 * one. So there are between half of `mostBuckets` and all of them, unless the audio is shorter, in memory that does not grow.
 */
export class PeakBuckets {
  private samplesPerBucket = firstSamplesPerBucket;
  private filled = 0;
  private inBucket = 0;
  private samples = 0;
  private readonly peaks: Int16Array[] = [];
  private readonly lowest: number[] = [];
  private readonly highest: number[] = [];

  constructor(
    channels: number,
    private readonly sampleRate: number,
    private readonly maximumSeconds: number,
  ) {
    if (channels < 1 || channels > mostChannels) {
      throw new DecodingError('unsupported', `${channels} channels; 1 to ${mostChannels} are drawn`);
    }
    if (!Number.isInteger(sampleRate) || sampleRate < 1000 || sampleRate > 768_000) {
      throw new DecodingError('undecodable', `${sampleRate} samples in a second`);
    }
    for (let channel = 0; channel < channels; channel++) this.peaks.push(new Int16Array(2 * mostBuckets));
    this.forgetExtremes();
  }

  /** Samples from -1 to 1, as many of each channel. @throws DecodingError for more audio than is decoded */
  add(channels: readonly Float32Array[], count = channels[0]?.length ?? 0): void {
    if ((this.samples + count) / this.sampleRate > this.maximumSeconds) {
      throw new DecodingError('undecodable', `longer than ${this.maximumSeconds / 3600} hours`);
    }
    this.samples += count;
    let offset = 0;
    while (offset < count) {
      const end = Math.min(count, offset + this.samplesPerBucket - this.inBucket);
      for (let channel = 0; channel < this.peaks.length; channel++) {
        this.extend(channel, channels[channel] ?? new Float32Array(count), offset, end);
      }
      this.inBucket += end - offset;
      offset = end;
      if (this.inBucket === this.samplesPerBucket) this.endBucket();
    }
  }

  finish(): WaveForm {
    if (this.inBucket > 0) this.endBucket(false);
    const { sampleRate, samples, samplesPerBucket, filled } = this;
    if (samples === 0) throw new DecodingError('undecodable', 'there is no audio in it');
    return { sampleRate, samples, samplesPerBucket, channels: this.peaks.map(channel => channel.slice(0, 2 * filled)) };
  }

  private extend(channel: number, from: Float32Array, start: number, end: number): void {
    let low = this.lowest[channel] ?? 0;
    let high = this.highest[channel] ?? 0;
    for (let index = start; index < end; index++) {
      const sample = from[index] ?? 0;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    this.lowest[channel] = low;
    this.highest[channel] = high;
  }

  private endBucket(mayMerge = true): void {
    for (const [channel, peaks] of this.peaks.entries()) {
      peaks[2 * this.filled] = toSixteenBits(this.lowest[channel] ?? 0);
      peaks[2 * this.filled + 1] = toSixteenBits(this.highest[channel] ?? 0);
    }
    this.forgetExtremes();
    this.inBucket = 0;
    this.filled++;
    if (mayMerge && this.filled === mostBuckets) this.mergePairs();
  }

  private mergePairs(): void {
    for (const peaks of this.peaks) {
      for (let bucket = 0; bucket < mostBuckets / 2; bucket++) {
        const [from, to] = [4 * bucket, 2 * bucket];
        peaks[to] = Math.min(peaks[from] ?? 0, peaks[from + 2] ?? 0);
        peaks[to + 1] = Math.max(peaks[from + 1] ?? 0, peaks[from + 3] ?? 0);
      }
    }
    this.filled = mostBuckets / 2;
    this.samplesPerBucket *= 2;
  }

  private forgetExtremes(): void {
    this.lowest.fill(0);
    this.highest.fill(0);
    for (let channel = 0; channel < this.peaks.length; channel++) {
      this.lowest[channel] = Infinity;
      this.highest[channel] = -Infinity;
    }
  }
}

const toSixteenBits = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)));
