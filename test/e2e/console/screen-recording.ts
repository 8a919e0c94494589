import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { GatewayClient } from '../../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { plaintextOf } from '../../../apps/rcsctl/src/recorder/plaintext.js';
import { recordMedia, storeMediaFile } from '../../../apps/rcsctl/src/recorder/record-media.js';

/** Ten minutes of pictures, on a machine that others use as well. */
const ffmpegMs = 600_000;
const startTime = '2026-11-21T08:00:00.000+0000';

/**
 * Records a screen of 40 seconds without sound, some 16 MB: more than a browser takes at once. Its index is at its end, as
 * recorders write it that do not go back.
 * @returns its id
 */
export async function recordScreen(ready: ReadyLine): Promise<string> {
  const [certificate] = ready.certificates;
  if (certificate === undefined) throw new Error('the contact center has no certificate');
  const { gateway: url, caFile, ops, contactCenter, webdav } = ready;
  const gateway = new GatewayClient({
    ...{ url, caPem: readFileSync(caFile, 'utf8'), userName: ops.name, password: ops.password },
  });
  const id = `screen-${randomUUID().slice(0, 8)}`;
  try {
    await recordMedia({
      ...{ id, extension: 'mp4', type: 'video/mp4', layout: 'detached', metadata: {}, contactCenter, webdav, gateway },
      plaintext: plaintextOf(screen()),
      startTime,
      directory: webdav.folder,
      certificates: [{ alias: certificate.alias, pem: readFileSync(certificate.file, 'utf8') }],
    });
  } finally {
    await gateway.close();
  }
  return id;
}

/** How long the tone of `recordTimedScreen` stays the same, seconds. */
export const toneSeconds = 5;
/** Its pitch at a place, hertz. */
export const toneAt = (seconds: number): number => 400 + 100 * (Math.floor(seconds / toneSeconds) % 8);

/**
 * Records a tone, and a screen whose pictures have the number of the frame (25 a second) in their last 20 lines: 32 squares,
 * 16 bits, the lowest first, and the same 16 the other way round.
 * @returns its id
 */
export async function recordTimedScreen(ready: ReadyLine, seconds: number): Promise<string> {
  const [certificate] = ready.certificates;
  if (certificate === undefined) throw new Error('the contact center has no certificate');
  const { gateway: url, caFile, ops, contactCenter, webdav } = ready;
  const gateway = new GatewayClient({
    ...{ url, caPem: readFileSync(caFile, 'utf8'), userName: ops.name, password: ops.password },
  });
  const id = `timed-${randomUUID().slice(0, 8)}`;
  const stored = async (extension: string, type: string, content: Buffer): Promise<object> => {
    const { mediaFile } = await storeMediaFile({
      ...{ callUuid: id, extension, type, layout: 'detached', startTime, contactCenter, webdav },
      metadata: { duration: String(seconds * 1000) },
      plaintext: plaintextOf(content),
      directory: webdav.folder,
      certificates: [{ alias: certificate.alias, pem: readFileSync(certificate.file, 'utf8') }],
    });
    return mediaFile;
  };
  try {
    const mediaFiles = [
      await stored('mp3', 'audio/mp3', tone(seconds)),
      await stored('mp4', 'video/mp4', timedScreen(seconds)),
    ];
    await gateway.insertRecording(contactCenter, { id, startTime, mediaFiles });
  } finally {
    await gateway.close();
  }
  return id;
}

const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p'];

function screen(): Buffer {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=40'];
  return made('screen.mp4', [...source, ...encoding, '-b:v', '4M']);
}

function timedScreen(seconds: number): Buffer {
  const duration = `rate=25:duration=${String(seconds)}`;
  const bit = 'mod(floor(N/pow(2,if(lt(X,16),X,X-16))),2)';
  const squares = `color=c=black:size=32x2:${duration},format=gray,geq=lum='if(if(lt(X,16),${bit},1-${bit}),235,16)'`;
  const bar = `${squares},scale=640:20:flags=neighbor,format=yuv420p[bar]`;
  const picture = `testsrc2=size=640x340:${duration},format=yuv420p[picture]`;
  return made('timed.mp4', ['-filter_complex', `${bar};${picture};[picture][bar]vstack`, ...encoding]);
}

function tone(seconds: number): Buffer {
  const pitch = `400+100*mod(floor(t/${String(toneSeconds)}),8)`;
  const source = `aevalsrc='0.4*sin(2*PI*t*(${pitch}))':s=16000:d=${String(seconds)}`;
  return made('tone.mp3', ['-f', 'lavfi', '-i', source, '-c:a', 'libmp3lame', '-b:a', '32k']);
}

function made(name: string, options: readonly string[]): Buffer {
  const work = mkdtempSync(join(tmpdir(), 'rcs-screen-'));
  const file = join(work, name);
  try {
    execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...options, file], { timeout: ffmpegMs });
    return readFileSync(file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
