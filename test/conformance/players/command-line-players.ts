import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Medium } from './media.js';
import type { Address, Stage } from './stage.js';

const run = promisify(execFile);

/** What came out of a player. */
export interface Played {
  /** SHA-256 of what it decoded. */
  readonly decoded: string;
  /** Whether it decoded anything at all. */
  readonly audible: boolean;
  /** Seconds, as the player's own prober says, where the file does and there is a prober. */
  readonly duration?: number;
}

/** A player without a window that writes what it decodes into a file. */
export interface CommandLinePlayer {
  readonly name: string;
  /** Whether it finds a time in a file that does not say its duration; others guess, each time differently. */
  readonly seeksEverywhere: boolean;
  /** Plays from this second to the end. */
  play(address: Address, medium: Medium, from: number): Promise<Played>;
}

/** A player that hangs is a failure; on a busy machine none of this takes a tenth of it. */
const timeout = 60_000;
/** What a player prints is empty when all is well, and is a part of the failure when it is not. */
async function quiet(program: string, args: readonly string[], options: object = {}): Promise<string> {
  const { stdout, stderr } = await run(program, args, { timeout, ...options, encoding: 'utf8' });
  if (stderr.trim() !== '') throw new Error(`${program}: ${stderr.slice(0, 2000)}`);
  return stdout;
}

/** ffmpeg decodes sound and picture; ffprobe tells the duration. */
export class Ffmpeg implements CommandLinePlayer {
  readonly name = 'ffmpeg';
  readonly seeksEverywhere = true;
  constructor(private readonly stage: Stage) {}

  async play({ withCredentials }: Address, medium: Medium, from: number): Promise<Played> {
    const source = ['-tls_verify', '1', '-ca_file', this.stage.authorities.file];
    const streams = [
      '-map',
      '0:a',
      '-c:a',
      'pcm_s16le',
      ...(medium.picture ? ['-map', '0:v', '-c:v', 'rawvideo'] : []),
    ];
    const seek = from === 0 ? [] : ['-ss', String(from)];
    const output = [...streams, '-f', 'hash', '-hash', 'sha256', '-'];
    const decoded = await quiet('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      ...source,
      ...seek,
      '-i',
      withCredentials,
      ...output,
    ]);
    const shown = ['-show_entries', 'format=duration', '-of', 'default=noprint_wrappers=1:nokey=1'];
    const duration = await quiet('ffprobe', ['-v', 'error', ...source, ...shown, withCredentials]);
    return { decoded, audible: !decoded.includes(nothing), ...said(medium, Number(duration)) };
  }
}

/** mpv seeks to the sample. */
export class Mpv implements CommandLinePlayer {
  readonly name = 'mpv';
  readonly seeksEverywhere = true;
  constructor(private readonly stage: Stage) {}

  async play({ withCredentials }: Address, _: Medium, from: number): Promise<Played> {
    const file = outputFile(this.stage);
    const trust = ['--tls-verify=yes', `--tls-ca-file=${this.stage.authorities.file}`];
    const sound = ['--no-video', '--untimed', '--ao=pcm', `--ao-pcm-file=${file}`, `--start=${from}`];
    await quiet('mpv', ['--no-config', '--really-quiet', ...trust, ...sound, withCredentials]);
    return judged(takeFile(file));
  }
}

/** VLC, which refuses to run as root. */
export class Vlc implements CommandLinePlayer {
  readonly name = 'VLC';
  readonly seeksEverywhere = false;
  constructor(private readonly stage: Stage) {}

  async play({ withCredentials }: Address, _: Medium, from: number): Promise<Played> {
    const file = outputFile(this.stage);
    const home = this.stage.directory('vlc-home');
    const trust = ['--gnutls-dir-trust', this.stage.authorities.directory];
    const output = `#transcode{vcodec=none,acodec=s16l}:std{access=file,mux=wav,dst=${file}}`;
    const sound = ['--no-video', `--start-time=${from}`, '--sout', output];
    await run('cvlc', ['-q', ...trust, ...sound, withCredentials, 'vlc://quit'], {
      timeout,
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home },
      ...notRoot(),
    });
    return judgedFrom(from, file);
  }
}

const notRoot = (): object => (process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {});

/**
 * GStreamer's own player and prober. Their command lines take no authority. What it plays is the same each time only if
 * nobody adds noise to it: its player converts with dither unless it leaves that to the sink.
 */
export class GStreamer implements CommandLinePlayer {
  readonly name = 'GStreamer';
  readonly seeksEverywhere = false;
  constructor(private readonly stage: Stage) {}

  async play({ withoutTls }: Address, medium: Medium, from: number): Promise<Played> {
    const file = outputFile(this.stage);
    // It may seek later than a file without a clock is at its end: a pause after every piece is time to do so.
    const late = from === 0 ? '' : 'identity sleep-time=2000 ! ';
    const samples = 'audioconvert dithering=none noise-shaping=none ! audio/x-raw,format=S16LE';
    const sink = `${late}${samples} ! volume ! filesink sync=false location=${file}`;
    const environment = { env: { ...process.env, HOME: this.stage.directory('gstreamer-home') } };
    const start = from === 0 ? [] : ['--start-position', String(from)];
    const sinks = ['--flags=audio+native-audio', `--audiosink=${sink}`, '--videosink=fakesink'];
    const options = ['-q', '--no-interactive', ...sinks, ...start];
    await quiet('gst-play-1.0', [...options, withoutTls], environment);
    // The prober gives up on the end of an Ogg file when the machine is busy, from whatever server.
    if (medium.type === 'audio/ogg') return judgedFrom(from, file);
    return { ...judgedFrom(from, file), ...said(medium, await this.durationOf(withoutTls, environment)) };
  }

  private async durationOf(url: string, environment: object): Promise<number> {
    const properties = await quiet('gst-discoverer-1.0', [url], environment);
    const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(properties) ?? [];
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  }
}

let outputs = 0;
const outputFile = (stage: Stage): string => join(stage.directory('decoded'), `${++outputs}.pcm`);

function takeFile(file: string): Buffer {
  const content = readFileSync(file);
  rmSync(file);
  return content;
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const nothing = digestOf(Buffer.alloc(0));
/** Half a second of mono at 8 kHz, less of everything else. */
const endBytes = 8000;

function judged(content: Buffer): Played {
  const decoded = digestOf(content);
  return { decoded, audible: decoded !== nothing };
}

/** VLC and GStreamer seek to about the time, not to the same packet every time: the end is what has to be right then. */
function judgedFrom(from: number, file: string): Played {
  const decoded = takeFile(file);
  return judged(from === 0 ? decoded : decoded.subarray(-endBytes));
}

const said = ({ saysDuration }: Medium, duration: number): Pick<Played, 'duration'> =>
  saysDuration ? { duration } : {};
