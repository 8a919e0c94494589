import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a recorder might have written: a container with its codecs, and how ffmpeg makes one of it. */
export interface Medium {
  /** Of the file; its extension is that of the container. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly duration: number;
  /** Whether the file says it; players guess otherwise, each time differently. */
  readonly saysDuration: boolean;
  /** Options of ffmpeg between its inputs and its output. */
  readonly recipe: readonly string[];
  readonly picture: boolean;
  /** Through a pipe ffmpeg cannot go back to write the index and the duration. */
  readonly piped: boolean;
}

const seconds = 12;
const sound = (duration: number) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=300:beep_factor=4:duration=${duration}`],
  ...['-f', 'lavfi', '-i', `anoisesrc=duration=${duration}:amplitude=0.2:seed=7`],
];
const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=15:duration=${seconds}`];
const bothChannels = ['-filter_complex', 'amerge=inputs=2'];

const audio = (name: string, type: string, ...recipe: string[]): Medium => ({
  name,
  type,
  duration: seconds,
  saysDuration: true,
  recipe: [...sound(seconds), ...bothChannels, ...recipe],
  picture: false,
  piped: false,
});
const video = (name: string, type: string, ...recipe: string[]): Medium => ({
  name,
  type,
  duration: seconds,
  saysDuration: true,
  recipe: [...sound(seconds), ...picture, ...bothChannels, '-map', '2:v', '-g', '15', ...recipe],
  picture: true,
  piped: false,
});

/** Without noise that decoders make up: it depends on where they began. */
const aac = ['-c:a', 'aac', '-aac_pns', '0'];
const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...aac];
const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'];
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'];

/** Every container and codec that recorders are known to write. */
export const media: readonly Medium[] = [
  audio('pcm.wav', 'audio/wav', '-ar', '8000', '-c:a', 'pcm_s16le'),
  audio('a-law.wav', 'audio/wav', '-ar', '8000', '-c:a', 'pcm_alaw'),
  audio('mu-law.wav', 'audio/wav', '-ar', '8000', '-c:a', 'pcm_mulaw'),
  audio('gsm.wav', 'audio/wav', '-ac', '1', '-ar', '8000', '-c:a', 'libgsm_ms'),
  audio('constant-rate.mp3', 'audio/mpeg', '-b:a', '64k'),
  {
    ...audio('constant-rate-without-xing.mp3', 'audio/mpeg', '-b:a', '64k', '-write_xing', '0'),
    saysDuration: false,
  },
  audio('variable-rate.mp3', 'audio/mpeg', '-q:a', '4'),
  {
    ...audio('variable-rate-without-xing.mp3', 'audio/mpeg', '-q:a', '4', '-write_xing', '0'),
    saysDuration: false,
  },
  audio('opus.ogg', 'audio/ogg', '-c:a', 'libopus'),
  audio('opus.webm', 'audio/webm', '-c:a', 'libopus'),
  audio('moov-first.m4a', 'audio/mp4', ...aac, '-movflags', '+faststart'),
  audio('moov-last.m4a', 'audio/mp4', ...aac),
  video('moov-first.mp4', 'video/mp4', ...h264, '-movflags', '+faststart'),
  video('moov-last.mp4', 'video/mp4', ...h264),
  {
    ...video('fragmented.mp4', 'video/mp4', ...h264, '-movflags', 'frag_keyframe+empty_moov+default_base_moof'),
    saysDuration: false,
  },
  video('vp8.webm', 'video/webm', ...vp8),
  video('vp9.webm', 'video/webm', ...vp9),
  { ...video('without-cues.webm', 'video/webm', ...vp8), saysDuration: false, piped: true },
  video('mpeg-4.avi', 'video/x-msvideo', '-c:v', 'mpeg4', '-c:a', 'libmp3lame'),
];

const longSeconds = 300;
/** 58 MB: more than any player and any socket keeps, so that a pause stops the flow. */
export const longMedium: Medium = {
  name: 'long.wav',
  type: 'audio/wav',
  duration: longSeconds,
  saysDuration: true,
  recipe: [...sound(longSeconds), ...bothChannels, '-ar', '48000', '-c:a', 'pcm_s16le'],
  picture: false,
  piped: false,
};

const kept = join(__dirname, '../../../.cache/players');

/** The file, made once for each recipe and version of ffmpeg. */
export async function fileOf(medium: Medium): Promise<string> {
  const { stdout: version } = await run('ffmpeg', ['-version']);
  const recipe = JSON.stringify([medium, version.split('\n', 1)]);
  const directory = join(kept, createHash('sha256').update(recipe).digest('hex').slice(0, 16));
  const file = join(directory, medium.name);
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true });
  // Another process may make the same one: whoever is last puts the whole file in place.
  const unfinished = join(directory, `${process.pid}-${medium.name}`);
  const output = medium.piped ? ['-f', medium.name.split('.').at(-1) ?? '', 'pipe:1'] : [unfinished];
  const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 } as const;
  const { stdout } = await run('ffmpeg', ['-v', 'error', ...medium.recipe, ...output], options);
  if (medium.piped) writeFileSync(unfinished, stdout);
  renameSync(unfinished, file);
  return file;
}

export const bytesOf = async (medium: Medium): Promise<Buffer> => readFileSync(await fileOf(medium));
