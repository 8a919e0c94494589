import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';

jest.setTimeout(120_000);

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'rcs-player-'));
let cluster: RunningCluster;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** What a media player needs to open a recording: its URL, the authority, the credentials. */
function source(index: number): string[] {
  const { gateway, caFile, users, recordings } = cluster.ready;
  const { name, password } = users[0]!;
  const authorization = Buffer.from(`${name}:${password}`).toString('base64');
  const url = `${gateway}/api/v2${recordings[index]!.playPath}`;
  return ['-ca_file', caFile, '-tls_verify', '1', '-headers', `Authorization: Basic ${authorization}\r\n`, '-i', url];
}

async function probe(
  index: number,
): Promise<{ streams: { codec_name: string; channels?: number }[]; format: { duration: string } }> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_streams',
    '-show_format',
    ...source(index),
  ]);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof probe>>;
}

/** Presentation time, in seconds, of the first frame that is decoded after a seek. */
async function firstFrameAfterSeek(index: number, seconds: number): Promise<number> {
  const media = source(index);
  const seek = ['-read_intervals', `${seconds}%+#1`, '-show_entries', 'frame=pts_time,best_effort_timestamp_time'];
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', ...seek, ...media]);
  const [frame] = (JSON.parse(stdout) as { frames: { best_effort_timestamp_time: string }[] }).frames;
  return Number(frame!.best_effort_timestamp_time);
}

it('a media player opens the call, with both its channels, and seeks in it', async () => {
  const { streams, format } = await probe(0);
  expect(streams[0]).toMatchObject({ codec_name: 'mp3', channels: 2 });
  expect(Number(format.duration)).toBeGreaterThan(20);
  expect(Math.abs((await firstFrameAfterSeek(0, 15)) - 15)).toBeLessThan(1);
});

it('a media player opens the screen recording and seeks in it', async () => {
  const { streams, format } = await probe(1);
  expect(streams[0]).toMatchObject({ codec_name: 'h264' });
  expect(Number(format.duration)).toBeCloseTo(12, 0);
  const time = await firstFrameAfterSeek(1, 8);
  expect(time).toBeGreaterThan(4);
  expect(time).toBeLessThanOrEqual(8);
});
