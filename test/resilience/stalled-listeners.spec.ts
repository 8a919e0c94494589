import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { within } from '#test/waiting/within.js';
import { insertEncrypted } from '../bench/bench-media.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-stalled-'));
/** Several times what the system takes for a connection that nobody reads from. */
const media = randomBytes(20_000_000);
/** More than all workers have connections to the storage, which are 64 for each of two. */
const listeners = 160;
const atOnce = 16;
let cluster: RunningCluster;
let playPath: string;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__MAX_CONCURRENT_STREAMS_PER_USER: String(listeners * 2),
  });
  playPath = await insertEncrypted(cluster.ready, 'stalled', media);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** The head of an answer whose body nobody has read from yet. */
function play(range?: string): Promise<IncomingMessage> {
  const { gateway, caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const headers = range === undefined ? {} : { range };
  const options = { ca: readFileSync(caFile), auth: `${name}:${password}`, headers, agent: false };
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    get(`${gateway}/api/v2${playPath}`, options, resolve).on('error', reject);
  });
  return within('an answer', answered);
}

it('plays to everybody, however many listeners take nothing of what they asked for', async () => {
  const stalled: IncomingMessage[] = [];
  try {
    while (stalled.length < listeners) {
      const part = Array.from({ length: atOnce }, (_, index) => play(index % 2 === 0 ? undefined : 'bytes=0-'));
      stalled.push(...(await Promise.all(part)));
    }
    expect(stalled.map(({ statusCode }) => statusCode).filter(status => status !== 200 && status !== 206)).toEqual([]);
    expect((await buffer(await play())).equals(media)).toBe(true);
    for (const answer of stalled.slice(0, 4)) expect((await buffer(answer)).equals(media)).toBe(true);
  } finally {
    stalled.forEach(answer => answer.destroy());
  }
});
