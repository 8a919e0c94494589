import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(240_000);

interface Listener {
  readonly user: string;
  readonly firstTime: string;
  readonly playbacks: number;
  readonly unfinished: number;
  readonly mediaFiles: readonly { readonly mediaId: string; readonly ranges: readonly object[] }[];
}
interface Answer {
  readonly status: number;
  readonly listeners: readonly Listener[];
  readonly nextCursor?: string;
}

const work = mkdtempSync(join(tmpdir(), 'rcs-listeners-'));
const media = Buffer.concat([Buffer.from('RIFF\xf8\x03\x00\x00WAVEfmt ', 'latin1'), Buffer.alloc(984, 1)]);
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  client = new CurlClient(cluster, work);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function insert(name: string, fields: object = {}, parameters: object = {}) {
  await client.put(`${name}.wav`, media);
  const mediaFile = {
    mediaId: `${name}.wav`,
    type: 'audio/wav',
    duration: '10000',
    parameters,
    mediaDescriptor: client.stored(`${name}.wav`),
  };
  return { id: client.recordingId(name), playPath: await client.inserted(name, mediaFile, fields) };
}

async function listeners(id: string, query = '', who = client.asUser('alice')): Promise<Answer> {
  const answer = await curl(...who, `${cluster.ready.gateway}/rcs/recordings/${id}/listeners${query}`);
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Omit<Answer, 'status'>) };
}

const userOf = (person: string): string =>
  client.asUser(person)[client.asUser(person).indexOf('--user') + 1]!.split(':')[0]!;

/** The ends of playbacks are written a moment later. */
async function settled(id: string, count: number): Promise<readonly Listener[]> {
  let found: readonly Listener[] = [];
  await waitFor(`${count} listeners`, async () => {
    ({ listeners: found } = await listeners(id));
    return found.length === count && found.every(({ unfinished }) => unfinished === 0);
  });
  return found;
}

const range = (playPath: string, user: string, bytes: string) =>
  curl(...client.asUser(user), '--range', bytes, `${cluster.ready.gateway}${playPath}`);

describe('who listened', () => {
  it('is told with the parts that each one got, merged, in bytes and seconds', async () => {
    const { id, playPath } = await insert('heard');
    expect(await listeners(id)).toEqual({ status: 200, listeners: [] });
    for (const bytes of ['0-99', '100-199', '500-', '-10']) {
      expect((await range(playPath, 'alice', bytes)).status).toBe(206);
    }
    expect(await settled(id, 1)).toEqual([
      {
        user: userOf('alice'),
        firstTime: expect.any(String) as string,
        lastTime: expect.any(String) as string,
        playbacks: 4,
        unfinished: 0,
        mediaFiles: [
          {
            mediaId: 'heard.wav',
            ranges: [
              { firstByte: 0, lastByte: 199, fromSecond: 0, toSecond: 2 },
              { firstByte: 500, lastByte: 999, fromSecond: 5, toSecond: 10 },
            ],
          },
        ],
      },
    ]);
  });

  it('leaves out who got nothing, and who was refused', async () => {
    const { id, playPath } = await insert('unheard');
    const url = `${cluster.ready.gateway}${playPath}`;
    expect((await curl(...client.asUser('alice'), '--head', url)).status).toBe(200);
    expect((await range(playPath, 'alice', '5000-')).status).toBe(416);
    expect((await range(playPath, 'bob', '0-5')).status).toBe(403);
    expect(await settled(id, 0)).toEqual([]);
  });

  it('is told to those alone who may read the audit', async () => {
    const { id } = await insert('asked');
    expect(await listeners(id, '', client.asUser('bob'))).toMatchObject({ status: 403 });
    expect(await listeners(id, '', client.asRecorder())).toMatchObject({ status: 403 });
    expect(await listeners(id, '', client.asOps())).toMatchObject({ status: 200, listeners: [] });
    expect(await listeners('no-such-recording')).toMatchObject({ status: 404 });
    expect(await listeners(id, '?cursor=nonsense')).toMatchObject({ status: 400 });
    expect(await listeners(id, '?limit=0')).toMatchObject({ status: 400 });
  });
});

describe('a recording that somebody has seen', () => {
  const resource = async (id: string, user: string) => {
    const answer = await curl(...client.asUser(user), `${cluster.ready.gateway}/api/v2/recordings/${id}`);
    return JSON.parse(answer.body.toString()) as { readonly seen: boolean; readonly seenTime?: string };
  };
  const listed = async (id: string, number: string) => {
    const url = `${cluster.ready.gateway}/api/v2/recordings?callerPhoneNumber=${number}`;
    const { body } = await curl(...client.asUser('alice'), url);
    const { recordings } = JSON.parse(body.toString()) as { recordings: { id: string; seen: boolean }[] };
    return recordings.find(recording => recording.id === id)?.seen;
  };

  it('says so to them alone, in lists and by its id, and not for a request that got nothing', async () => {
    const { id, playPath } = await insert('seen', { callerPhoneNumber: '4711-seen' }, { agentId: userOf('carol') });
    expect(await resource(id, 'alice')).toMatchObject({ seen: false });
    expect((await curl(...client.asUser('alice'), '--head', `${cluster.ready.gateway}${playPath}`)).status).toBe(200);
    expect(await listed(id, '4711-seen')).toBe(false);
    const before = new Date().toISOString();
    expect((await range(playPath, 'alice', '0-5')).status).toBe(206);
    await waitFor('the mark', async () => (await resource(id, 'alice')).seen);
    const { seenTime = '' } = await resource(id, 'alice');
    expect(seenTime >= before && seenTime <= new Date().toISOString()).toBe(true);
    expect(await listed(id, '4711-seen')).toBe(true);
    expect(await resource(id, 'carol')).toMatchObject({ seen: false });
  });
});
