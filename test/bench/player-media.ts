import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A media file that a bench plays, and how much of the time of nginx it may take. */
export interface PlayerMedia {
  readonly name: string;
  readonly extension: string;
  readonly type: string;
  readonly file: string;
  /** From the address to the first sound or picture. */
  readonly firstBar: number;
  /** From the new place to the sound or picture there; undefined where the file has no length to seek in. */
  readonly seekBar: number | undefined;
}

const bars = { firstBar: 1.3, seekBar: 2 };

function ffmpeg(...options: readonly string[]): void {
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Makes the files in this directory: what recorders and browsers write, and what makes players hop. */
export function makePlayerMedia(directory: string): readonly PlayerMedia[] {
  const at = (name: string): string => join(directory, name);
  const audio = (name: string, extension: string, type: string): PlayerMedia => ({
    name,
    extension,
    type,
    file: at(`${name}.${extension}`),
    ...bars,
  });
  const video = (name: string): PlayerMedia => audio(name, 'mp4', 'video/mp4');
  const mp3 = audio('three-hours', 'mp3', 'audio/mpeg');
  const wav = audio('stereo-pcm', 'wav', 'audio/wav');
  const [first, last, fragmented] = [video('moov-first'), video('moov-last'), video('fragmented')];
  const minute = at('minute.mp3');
  const tone = ['-f', 'lavfi', '-i', 'aevalsrc=sin(440*t)*sin(t/3):s=16000:d=60'];
  ffmpeg(...tone, '-c:a', 'libmp3lame', '-b:a', '32k', '-write_xing', '0', '-id3v2_version', '0', minute);
  writeFileSync(mp3.file, Buffer.concat(Array.from({ length: 180 }, () => readFileSync(minute))));
  const noise = ['-f', 'lavfi', '-i', 'aevalsrc=0.3*sin(440*t)|0.3*sin(330*t):s=8000:d=1800'];
  ffmpeg(...noise, '-c:a', 'pcm_s16le', wav.file);
  const screen = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=180'];
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '4M', '-g', '50', '-pix_fmt', 'yuv420p'];
  ffmpeg(...screen, ...encoding, '-f', 'mp4', last.file);
  ffmpeg('-i', last.file, '-c', 'copy', '-movflags', '+faststart', first.file);
  ffmpeg('-i', last.file, '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', fragmented.file);
  return [mp3, wav, first, last, { ...fragmented, firstBar: 2, seekBar: undefined }];
}

/** The same again and again, as one file; its index is at its end. */
export function repeatVideo(file: string, times: number, target: string): void {
  ffmpeg('-stream_loop', String(times - 1), '-i', file, '-c', 'copy', '-f', 'mp4', target);
}
