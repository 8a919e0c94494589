import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CurlClient } from './curl-client.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(240_000);

interface Page {
  readonly statusCode: number;
  readonly recordings: readonly {
    readonly id: string;
    readonly mediaFiles: readonly { readonly mediaUri: string }[];
  }[];
  readonly nextUri?: string;
  readonly previousUri?: string;
}

const work = mkdtempSync(join(tmpdir(), 'rcs-search-'));
const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
let cluster: RunningCluster;
let curlClient: CurlClient;

const day = (number: number): string => `2031-05-0${number}T10:00:00.000+0000`;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  const bob = personOf(cluster.ready, 'bob').name;
  await insert('found-1', { callerPhoneNumber: '+49 (30) 555-1234', startTime: day(1) }, { agentId: bob });
  await insert('found-2', { callerPhoneNumber: '+49305551299', startTime: day(2) }, { agentId: 'somebody-else' });
  await insert('found-3', { callerPhoneNumber: '+4930777', dialedPhoneNumber: '5001', startTime: day(3) }, {});
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function insert(name: string, fields: object, parameters: object): Promise<void> {
  await curlClient.put(`${name}.wav`, media);
  const mediaFile = {
    mediaId: `${name}.wav`,
    type: 'audio/wav',
    parameters,
    mediaDescriptor: curlClient.stored(`${name}.wav`),
  };
  const answer = await curlClient.insert({ id: curlClient.recordingId(name), ...fields, mediaFiles: [mediaFile] });
  expect(answer.status).toBe(201);
}

const search = (query: string, credentials = curlClient.asUser('alice')): Promise<CurlAnswer> =>
  curl(...credentials, `${cluster.ready.gateway}/api/v2/recordings${query}`);
const pageOf = ({ status, body }: CurlAnswer): Page => {
  expect([status, body.toString().slice(0, 300)]).toEqual([200, expect.anything()]);
  return JSON.parse(body.toString()) as Page;
};
const names = ({ recordings }: Page): string[] => recordings.map(({ id }) => id.slice(0, 'found-1'.length));

describe('somebody with curl', () => {
  it.each([
    ['callerPhoneNumber=49305551234', ['found-1']],
    ['callerPhoneNumber=%2B49-30-5551*', ['found-2', 'found-1']],
    ['dialedPhoneNumber=5001&callerPhoneNumber=*777', ['found-3']],
    [`startTime=${day(1)}&endTime=${day(3)}`, ['found-2', 'found-1']],
    [`startTime=${encodeURIComponent(day(3))}`, ['found-3']],
    ['userName=somebody-else', ['found-2']],
    ['callerPhoneNumber=nobody', []],
  ])('finds by %s', async (query, found) => {
    expect(names(pageOf(await search(`?${query}`)))).toEqual(found);
  });

  it('follows the links to the end and back, and plays what was found', async () => {
    const first = pageOf(await search(`?startTime=${day(1)}&limit=2`));
    expect(names(first)).toEqual(['found-3', 'found-2']);
    const follow = async (uri = ''): Promise<Page> => pageOf(await curl(...curlClient.asUser('alice'), uri));
    const second = await follow(first.nextUri);
    expect([names(second), second.nextUri]).toEqual([['found-1'], undefined]);
    const again = await follow(second.previousUri);
    expect([names(again), again.previousUri]).toEqual([['found-3', 'found-2'], undefined]);
    const played = await curl(...curlClient.asUser('alice'), second.recordings[0]!.mediaFiles[0]!.mediaUri);
    expect([played.status, played.body]).toEqual([200, media]);
  });

  it('sees no more than they may hear', async () => {
    const { status, body } = await search(`?startTime=${day(1)}`, curlClient.asUser('bob'));
    expect([status, names(JSON.parse(body.toString()) as Page)]).toEqual([200, ['found-1']]);
    for (const credentials of [curlClient.asRecorder(), curlClient.asOps()]) {
      const refused = await search(`?startTime=${day(1)}`, credentials);
      expect([refused.status, JSON.parse(refused.body.toString())]).toMatchObject([403, { statusCode: 5 }]);
    }
  });

  it.each([
    ['', 400, 1, 'callerPhoneNumber'],
    ['?limit=5', 400, 1, 'callerPhoneNumber'],
    ['?startTime=yesterday', 400, 2, 'startTime'],
    ['?callerPhoneNumber=1&tenant=Environment', 400, 2, 'tenant'],
    ['?callerPhoneNumber=1&position=x', 400, 2, 'position'],
  ])('is told what is wrong with %p', async (query, status, statusCode, said) => {
    const answer = await search(query);
    const { statusMessage, ...rest } = JSON.parse(answer.body.toString()) as { statusMessage: string };
    expect([answer.status, rest]).toMatchObject([status, { statusCode }]);
    expect(statusMessage).toContain(said);
  });
});
