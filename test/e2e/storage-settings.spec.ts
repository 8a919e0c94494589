import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { startCluster, type ReadyLine, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { ApacheServer } from '../../libs/media-storage/src/testing/apache-server.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-storage-settings-'));
const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a screen', 'latin1');
const group = '/api/v2/settings/screen-recording';
let apache: ApacheServer;
let cluster: RunningCluster;
let second: SecondGateway;
let other: ReadyLine;
let client: CurlClient;
let otherClient: CurlClient;

beforeAll(async () => {
  apache = await ApacheServer.start({ authentication: 'basic' });
  const environment = { RCS_SETTABLE_STORAGES: JSON.stringify([{ url: apache.url }]) };
  cluster = await startCluster(repository, join(work, 'data'), environment);
  second = await startSecondGateway(repository, cluster.ready, environment);
  mkdirSync(join(work, 'other'));
  other = await ownContactCenter(cluster.ready, join(work, 'other'), environment);
  client = new CurlClient(cluster, work);
  otherClient = new CurlClient({ ...cluster, ready: other }, join(work, 'other'));
});

afterAll(async () => {
  await second?.stop();
  await cluster?.stop();
  await apache?.stop();
  rmSync(work, { recursive: true, force: true });
});

type Body = Readonly<Record<string, unknown>>;

async function send(method: string, path: string, json?: object, who = client.asUser('alice'), url?: string) {
  const body =
    json === undefined ? [] : ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
  const answer = await curl(...who, '--request', method, ...body, `${url ?? cluster.ready.gateway}${path}`);
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Body) };
}

const storage = (storagePath: string, password = apache.password) => ({
  storageType: 'webDAV',
  active: true,
  credential: { userName: apache.userName, password, storagePath },
});
const set = (location: string, value: unknown, who?: string[], url?: string) =>
  send('POST', group, { name: 'storage', location, value }, who, url);

async function inserted(name: string, path: string, who = client): Promise<string> {
  return who.inserted(name, {
    mediaId: `${name}.wav`,
    type: 'audio/wav',
    mediaDescriptor: { storage: 'webDAV', path },
  });
}

const play = (playPath: string, gateway = cluster.ready.gateway) =>
  curl(...client.asUser('alice'), `${gateway}/api/v2${playPath}`);

describe('storages that a contact center sets', () => {
  it('play on both gateways as soon as they are set, and with changed credentials at once', async () => {
    apache.write('munich/one.wav', media);
    const url = `${apache.url}/munich`;
    expect(await set('/', [storage(url, 'not the password')])).toMatchObject({ status: 200, statusCode: 0 });
    const playPath = await inserted('set-one', `${url}/one.wav`);
    expect((await play(playPath, second.url)).status).toBe(502);
    expect(await set('/', [storage(url)], undefined, second.url)).toMatchObject({ status: 200 });
    for (const gateway of [cluster.ready.gateway, second.url]) {
      expect(await play(playPath, gateway)).toMatchObject({ status: 200, body: media });
    }

    expect(await set('/', [storage(url, 'changed')])).toMatchObject({ status: 200 });
    expect((await play(playPath)).status).toBe(502);
    const remove = (confirm?: string) =>
      send('DELETE', `${group}?location=/`, { name: 'storage', confirm }, undefined, second.url);
    const counted = expect.stringMatching(/1 recordings .*"confirm": "1"/) as string;
    expect(await remove()).toMatchObject({ status: 409, statusMessage: counted });
    expect(await set('/', [storage(`${apache.url}/berlin`)])).toMatchObject({ status: 409, statusMessage: counted });
    expect(await play(playPath)).toMatchObject({ status: 502 });
    const removed = await remove('1');
    expect(removed).toEqual({ status: 200, statusCode: 0 });
    expect((await play(playPath)).status).not.toBe(200);
    expect(await set('/', [storage(url)])).toMatchObject({ status: 200 });
    expect(await play(playPath)).toMatchObject({ status: 200, body: media });
  });

  it('are shown without passwords, which lie nowhere in the clear', async () => {
    const shown = {
      storageType: 'webDAV',
      active: true,
      credential: { userName: apache.userName, storagePath: `${apache.url}/munich` },
    };
    expect(await send('GET', `${group}?subresources=*`)).toMatchObject({
      name: 'screen-recording',
      settings: [{ name: 'storage', location: '/', value: [shown] }],
    });
    const files = ['store', 'logs'].flatMap(folder => {
      const directory = join(cluster.ready.dataDir, folder);
      return readdirSync(directory).map(file => readFileSync(join(directory, file), 'latin1'));
    });
    expect(files.length).toBeGreaterThan(4);
    for (const content of files) {
      expect(content).not.toContain(apache.password);
      expect(content).not.toContain('not the password');
    }
  });

  it('hold for a location and those in it, of several the longest', async () => {
    const prefix = (location: string, value: string) =>
      send('PUT', group, { name: 'decrypt-uri-prefix', location, value });
    expect(await prefix('/US/', 'https://us.example.com')).toMatchObject({ status: 200, location: '/US' });
    expect(await prefix('/US/CA', 'https://ca.example.com')).toMatchObject({ status: 200 });
    const effective = async (location: string) =>
      ((await send('GET', `${group}?effective=true&location=${location}`)) as unknown as { settings: Body[] }).settings
        .filter(({ name }) => name === 'decrypt-uri-prefix')
        .map(({ value }) => value);
    expect(await effective('/US/CA/SF')).toEqual(['https://ca.example.com']);
    expect(await effective('/US/CAL')).toEqual(['https://us.example.com']);
    expect(await effective('/DE')).toEqual([]);

    await client.put('screen.mp4', media);
    const mediaDescriptor = client.stored('screen.mp4');
    const screen = { mediaId: 'screen.mp4', type: 'video/mp4', mediaDescriptor };
    await client.inserted('screen', screen, { location: '/US/CA/SF' });
    const { mediaFiles } = (await send('GET', `/api/v2/recordings/${client.recordingId('screen')}`)) as unknown as {
      mediaFiles: { mediaUri: string; playPath: string }[];
    };
    expect(mediaFiles[0]?.mediaUri).toBe(`https://ca.example.com/api/v2${mediaFiles[0]?.playPath}`);
    expect((await send('DELETE', `${group}?location=/US/CA/SF`, { name: 'decrypt-uri-prefix' })).status).toBe(404);
  });

  it('are nobody elses: neither seen, nor used, nor set again', async () => {
    const admin = otherClient.asUser('alice');
    const url = `${apache.url}/munich`;
    for (const place of [url, `${url}/inner`, apache.url, `${apache.url}/MUNICH`]) {
      expect(await set('/', [storage(place)], admin)).toMatchObject({ status: 400, statusCode: 2 });
    }
    expect(await send('GET', group, undefined, admin)).toMatchObject({ settings: [] });
    const mediaDescriptor = { storage: 'webDAV', path: `${url}/one.wav` };
    const stolen = { id: 'stolen', mediaFiles: [{ mediaId: 'one.wav', type: 'audio/wav', mediaDescriptor }] };
    expect((await otherClient.insert(stolen)).status).toBe(400);

    apache.write('paris/two.wav', media);
    expect(await set('/', [storage(`${apache.url}/paris`)], admin)).toMatchObject({ status: 200 });
    const playPath = await inserted('set-two', `${apache.url}/paris/two.wav`, otherClient);
    const asOther = (who: string[]) => curl(...who, `${cluster.ready.gateway}/api/v2${playPath}`);
    expect(await asOther(admin)).toMatchObject({ status: 200, body: media });
    expect((await asOther(client.asUser('alice'))).status).toBe(404);
  });

  it('lie where the operator lets them, and nowhere else', async () => {
    const { port } = new URL(apache.url);
    const elsewhere = [
      'http://169.254.169.254/latest/meta-data',
      'http://127.0.0.1:6379/recordings',
      `http://127.0.0.1:${port}/recordings/x`,
      `http://localhost:${Number(port) + 1}/recordings/x`,
      `https://localhost:${port}/recordings/x`,
      `http://localhost:${port}/`,
      `http://localhost:${port}/recordings/../lock`,
      `http://localhost:${port}/recordings/%2e%2e/lock`,
      `http://localhost:${port}/recordings%2f..%2flock`,
      `http://somebody@localhost:${port}/recordings/x`,
      `http://localhost:${port}@169.254.169.254/recordings/x`,
      `http://localhost:${port}/recordings/x?y`,
      cluster.ready.webdav.url,
      'file:///etc',
    ];
    for (const url of elsewhere) expect([url, (await set('/DE', [storage(url)])).status]).toEqual([url, 400]);
    expect((await send('GET', group, undefined, client.asUser('bob'))).status).toBe(403);
    expect((await set('/', [storage(`${apache.url}/bob`)], client.asUser('bob'))).status).toBe(403);
  });

  it('take nothing new while they are not active, of their own contact center alone, and are read on', async () => {
    const places = ['active-a', 'active-b'].map(name => `${apache.url}/${name}`) as [string, string];
    for (const name of ['a', 'b']) for (const file of ['old', 'new']) apache.write(`active-${name}/${file}.wav`, media);
    const bob = otherClient.asUser('alice');
    expect(await set('/active', [storage(places[0])])).toMatchObject({ status: 200 });
    expect(await set('/active', [storage(places[1])], bob)).toMatchObject({ status: 200 });
    const playPath = await inserted('old-a', `${places[0]}/old.wav`);
    const insert = (who: CurlClient, name: string, path: string) =>
      who.insert({
        id: who.recordingId(name),
        startTime: '2026-11-21T08:00:00.000+0000',
        mediaFiles: [{ mediaId: `${name}.wav`, type: 'audio/wav', mediaDescriptor: { storage: 'webDAV', path } }],
      });
    expect(await set('/active', [{ ...storage(places[0]), active: false }], undefined, second.url)).toMatchObject({
      status: 200,
    });
    const refused = await insert(client, 'new-a', `${places[0]}/new.wav`);
    expect([refused.status, refused.body.toString()]).toEqual([
      409,
      expect.stringContaining(`mediaFiles.0.mediaDescriptor: the storage ${places[0]} is not active`),
    ]);
    expect((await client.get(`/api/v2/recordings/${client.recordingId('new-a')}`)).status).toBe(404);
    expect((await insert(client, 'old-a', `${places[0]}/old.wav`)).status).toBe(200);
    expect(await play(playPath)).toMatchObject({ status: 200, body: media });
    expect((await insert(otherClient, 'new-b', `${places[1]}/new.wav`)).status).toBe(201);
    expect(await set('/active', [storage(places[0])])).toMatchObject({ status: 200 });
    expect((await insert(client, 'new-a', `${places[0]}/new.wav`)).status).toBe(201);
  });
});
