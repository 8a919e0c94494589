import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { Counters, growth } from '../bench/cluster-counters.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { header } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-replays-'));
/** More than the buffers of all connections on its way take. */
const long = mediaLike(60_000_000);
let cluster: RunningCluster;
let curlClient: CurlClient;
let longPath: string;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__MEDIA_CACHING: 'no-cache',
    RCS_SERVER_SETTINGS__MAX_CONCURRENT_STREAMS_PER_USER: '1',
  });
  curlClient = new CurlClient(cluster, work);
  await curlClient.put('long.mp3', long);
  longPath = await curlClient.inserted('long', {
    mediaId: 'long.mp3',
    mediaDescriptor: { storage: 'webDAV', path: 'long.mp3' },
    parameters: { GRECORD_PARTITIONS: '/sales' },
  });
});

afterEach(() => hear(['/sales']));
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Whose recordings bob hears from now on. */
async function hear(accessGroups: readonly string[]): Promise<void> {
  const body = [...header('content-type', 'application/json'), '--data', JSON.stringify({ accessGroups })];
  const url = `${cluster.ready.gateway}/rcs/users/bob`;
  expect((await curl(...curlClient.asUser('alice'), '--request', 'PATCH', ...body, url)).status).toBe(200);
}

const call = () => curlClient.playUrl(cluster.ready.recordings[0]!.playPath);
const play = (...options: readonly string[]): Promise<CurlAnswer> =>
  curl(...curlClient.asUser('bob'), ...options, call());

/** Events of playbacks of the demo's call that the audit holds, newest first. */
async function audited(): Promise<readonly string[]> {
  const id = cluster.ready.recordings[0]!.id;
  const answer = await curl(
    ...curlClient.asOps(),
    `${cluster.ready.gateway}/rcs/audit?user=bob&order=newest-first&limit=200`,
  );
  expect(answer.status).toBe(200);
  const { records } = JSON.parse(answer.body.toString()) as { records: { event: string; recording?: string }[] };
  return records.filter(({ recording }) => recording === id).map(({ event }) => event);
}

describe('media that browsers may keep', () => {
  it('are asked for before each use, which costs no byte, is checked, and is in the audit', async () => {
    const first = await play();
    expect([first.status, first.headers['cache-control']]).toEqual([200, 'private, no-cache']);
    const condition = header('if-none-match', first.headers['etag'] ?? '');
    const records = (await audited()).filter(event => event === 'playback').length;
    const before = await Counters.read(cluster.ready.management);
    const again = await play(...condition);
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const grown = growth(before, await Counters.read(cluster.ready.management));
    expect(grown('decrypt-worker', 'rcs_worker_plaintext_bytes_total')).toBe(0);
    expect((await audited()).filter(event => event === 'playback')).toHaveLength(records + 1);
    await hear([]);
    const refused = await play(...condition);
    expect(refused.status).toBe(403);
    expect((await audited())[0]).toBe('playback-refused');
  });
});

/** Begins to play and takes nothing more. */
function begin(): Promise<IncomingMessage> {
  const { users, caFile } = cluster.ready;
  const { password = '' } = users.find(({ name }) => name === 'bob') ?? {};
  const options = { auth: `bob:${password}`, ca: readFileSync(caFile) };
  return new Promise((resolve, reject) => {
    get(curlClient.playUrl(longPath), options, answer => {
      answer.on('error', () => undefined);
      resolve(answer);
    }).on('error', reject);
  });
}

/** How many requests have been let in. */
const admitted = async (): Promise<number> =>
  (await Counters.read(cluster.ready.management)).sum('playback-gateway', 'rcs_authentications_total');

describe('a playback that waits for another of its user to end', () => {
  it('is judged by the rights after the wait', async () => {
    for (const [groups, status] of [
      [['/sales'], 200],
      [[], 403],
    ] as const) {
      const running = await begin();
      const before = await admitted();
      const waiting = play();
      while ((await admitted()) === before);
      await hear(groups);
      running.destroy();
      expect((await waiting).status).toBe(status);
      await hear(['/sales']);
    }
  });
});
