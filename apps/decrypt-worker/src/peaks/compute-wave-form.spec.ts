import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { computeWaveForm } from './compute-wave-form.js';
import { mostBuckets } from './peak-buckets.js';
import type { DecodableFormat, WaveForm } from './wave-form.js';

jest.setTimeout(60_000);
const never = new AbortController().signal;

async function* piecesOf(bytes: Buffer, length = 60_000): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += length) {
    await Promise.resolve();
    yield bytes.subarray(offset, offset + length);
  }
}

const compute = (format: DecodableFormat, bytes: Buffer, signal = never): Promise<WaveForm> =>
  computeWaveForm(format, piecesOf(bytes), signal);

/** A tone on the left, at half of what there is, from the second second on; the right one is at a quarter, or there is none. */
function audio(channels: 1 | 2, ...options: readonly string[]): Buffer {
  const left = '0.5*sin(2*PI*440*t)*gte(t\\,1)';
  const source = `aevalsrc=${channels === 2 ? `${left}|0.25*sin(2*PI*440*t)` : left}:s=8000:d=3`;
  const quiet = ['-loglevel', 'error', '-f', 'lavfi', '-i', source];
  return execFileSync('ffmpeg', [...quiet, ...options, 'pipe:1'], { maxBuffer: 1 << 28 });
}

/** Highest of the absolute samples in a part of the time, 0 to 1. */
function peak(
  { samples, samplesPerBucket, sampleRate, channels }: WaveForm,
  channel: number,
  from: number,
  to: number,
) {
  const seconds = samples / sampleRate;
  expect(seconds).toBeGreaterThan(2.9);
  expect(seconds).toBeLessThan(3.2);
  const bucket = (second: number): number => 2 * Math.round((second * sampleRate) / samplesPerBucket);
  const part = channels[channel]!.subarray(bucket(from), bucket(to));
  return Math.max(...part.map(Math.abs)) / 32_767;
}

describe(computeWaveForm.name, () => {
  it.each<[DecodableFormat, string, readonly string[]]>([
    ['wav', 'PCM of 8 bits', ['-c:a', 'pcm_u8', '-f', 'wav']],
    ['wav', 'PCM of 16 bits', ['-c:a', 'pcm_s16le', '-f', 'wav']],
    ['wav', 'PCM of 24 bits', ['-c:a', 'pcm_s24le', '-f', 'wav']],
    ['wav', 'PCM of 32 bits', ['-c:a', 'pcm_s32le', '-f', 'wav']],
    ['wav', 'float', ['-c:a', 'pcm_f32le', '-f', 'wav']],
    ['wav', 'A-law', ['-c:a', 'pcm_alaw', '-f', 'wav']],
    ['wav', 'mu-law', ['-c:a', 'pcm_mulaw', '-f', 'wav']],
    ['wav', 'RF64', ['-c:a', 'pcm_s16le', '-rf64', 'always', '-f', 'wav']],
    ['mp3', 'layer III', ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3']],
    ['ogg', 'Opus', ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg']],
  ])('%s: %s, one channel and two', async (format, _name, options) => {
    for (const count of [1, 2] as const) {
      const waveForm = await compute(format, audio(count, ...options));
      expect(waveForm.channels).toHaveLength(count);
      expect(peak(waveForm, 0, 0, 0.8)).toBeLessThan(0.03);
      expect(peak(waveForm, 0, 1.2, 2.8)).toBeCloseTo(0.5, 1);
      if (count === 2) expect(peak(waveForm, 1, 0.2, 2.8)).toBeCloseTo(0.25, 1);
    }
  });

  it('has never more buckets, however long the audio is, and misses no sample', async () => {
    const wav = audio(1, '-c:a', 'pcm_s16le', '-f', 'wav');
    const samples = Buffer.alloc(16_000_000);
    samples.writeInt16LE(20_000, 12_345_678);
    const { channels, samplesPerBucket } = await compute('wav', Buffer.concat([endless(wav), samples]));
    const [only] = channels;
    expect(only!.length / 2).toBeLessThanOrEqual(mostBuckets);
    expect(only!.length / 2).toBeGreaterThan(mostBuckets / 2);
    const bucket = Math.floor((12_345_678 / 2 + 24_000) / samplesPerBucket);
    expect(only![2 * bucket + 1]).toBeCloseTo(20_000, -1);
  });

  it.each<[string, DecodableFormat, () => Buffer, string]>([
    ['a form of WAV that is not decoded', 'wav', () => audio(1, '-c:a', 'adpcm_ima_wav', '-f', 'wav'), 'UNSUPPORTED'],
    ['Vorbis', 'ogg', () => audio(2, '-c:a', 'flac', '-f', 'ogg'), 'UNSUPPORTED'],
    ['WAV without samples', 'wav', () => audio(1, '-f', 'wav').subarray(0, 40), 'UNDECODABLE'],
    ['an MP3 of zeros', 'mp3', () => Buffer.alloc(500_000), 'UNDECODABLE'],
    ['nothing', 'mp3', () => Buffer.alloc(0), 'UNDECODABLE'],
    ['Ogg of noise', 'ogg', () => randomBytes(100_000), 'UNDECODABLE'],
    ['no channel', 'wav', () => withByte(audio(1, '-f', 'wav'), 22, 0), 'UNDECODABLE|UNSUPPORTED'],
  ])('says so of %s', async (_name, format, bytes, code) => {
    await expect(compute(format, bytes())).rejects.toMatchObject({
      code: expect.stringMatching(`RCS_PEAKS_(${code})`),
    });
  });

  it('survives damaged files, and ends', async () => {
    const files = [
      ['mp3', audio(2, '-c:a', 'libmp3lame', '-f', 'mp3')],
      ['ogg', audio(2, '-c:a', 'libopus', '-f', 'ogg')],
      ['wav', audio(2, '-f', 'wav')],
    ] as const;
    for (const [format, bytes] of files) {
      for (let index = 64; index < bytes.length; index += 97) bytes[index] = index & 0xff;
      await Promise.allSettled([compute(format, bytes)]);
    }
  });

  it('is ended at once, with its thread, when the signal says so', async () => {
    const controller = new AbortController();
    async function* endlessPieces(): AsyncGenerator<Buffer> {
      yield audio(1, '-f', 'wav');
      await after(10_000, undefined, { signal: controller.signal });
    }
    const computing = computeWaveForm('wav', endlessPieces(), controller.signal);
    setTimeout(() => controller.abort(new Error('too late')), 300);
    await expect(computing).rejects.toThrow();
  });
});

/** As a recorder writes that does not know how much will come. */
function endless(wav: Buffer): Buffer {
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(0xffffffff, copy.indexOf('data') + 4);
  return copy;
}

function withByte(bytes: Buffer, offset: number, value: number): Buffer {
  bytes[offset] = value;
  return bytes;
}
