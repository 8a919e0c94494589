import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startClusterOn } from '#test/storage/cluster-on-storages.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers } from './signed-archives.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-mount-directory-'));
const directory = join(work, 'archives');
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(400_000)]);
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  mkdirSync(directory);
  const storages = [{ storage: 'file', url: pathToFileURL(directory).href }];
  cluster = await startClusterOn(join(__dirname, '../..'), join(work, 'data'), storages);
  client = new CurlClient(cluster, work);
  client.write('media', media);
  const files = ['-in', client.file('media'), '-outform', 'DER', '-out', client.file('whole.der')];
  await openssl('cms', '-encrypt', '-binary', ...files, '-recip', client.certificateFile, '-aes-256-cbc');
  await client.put('own.mp3', readFileSync(client.file('whole.der')));
  await client.inserted('own', { mediaId: 'own.mp3', mediaDescriptor: client.stored('own.mp3') });
  const original = await archiveContents(client, cluster.ready.gateway, [client.recordingId('own')]);
  const names = new Map([[client.recordingId('own'), client.recordingId('mounted')]]);
  const zip = client.write('others.zip', await archiveOfOthers(cluster, original, names));
  execFileSync('unzip', ['-q', zip, '-d', join(directory, 'tree')]);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

it('plays from the folder into which an archive was unpacked, in a directory, from any byte', async () => {
  const configuration = join(cluster.ready.dataDir, 'rcsctl.yaml');
  const place = ['--storage', 'file', '--storage-url', pathToFileURL(directory).href];
  const mount = ['archive', 'mount', 'tree/', '--authority', cluster.ready.caFile, ...place];
  const done = await rcsctl(configuration, ...mount);
  expect([done.status, done.stderr]).toEqual([0, '']);
  const { body } = await client.get(`/api/v2/recordings/${client.recordingId('mounted')}`);
  const { mediaFiles } = JSON.parse(body.toString()) as { mediaFiles: readonly { playPath: string }[] };
  const playPath = mediaFiles[0]!.playPath;
  expect((await client.play(playPath)).body.equals(media)).toBe(true);
  for (const [first, last] of [
    [0, 0],
    [12_345, 234_567],
    [399_000, media.length - 1],
  ] as const) {
    const part = await client.play(playPath, '--range', `${first}-${last}`);
    expect([first, part.status, part.body.equals(media.subarray(first, last + 1))]).toEqual([first, 206, true]);
  }
});

it('is passed by when recordings expire, while the same one in the store goes', async () => {
  const url = `${cluster.ready.gateway}/rcs/retention`;
  const ruled = async (more: object) => {
    const file = client.write('rules.json', Buffer.from(JSON.stringify({ rules: [{ days: 1 }], ...more })));
    const headers = ['--header', 'Content-Type: application/json', '--data-binary', `@${file}`];
    return curl(...client.asUser('alice'), '--request', 'PUT', ...headers, url);
  };
  const [, confirm] = /\\"confirm\\": \\"(\d+)\\"/.exec((await ruled({})).body.toString()) ?? [];
  expect((await ruled({ confirm })).status).toBe(200);
  const statusOf = async (name: string) => (await client.get(`/api/v2/recordings/${client.recordingId(name)}`)).status;
  await waitFor('the recording to expire', async () => (await statusOf('own')) === 404);
  // Of the demo there are others, which go one after the other; what is mounted is none of them.
  const expired = async () => {
    const { body } = await curl(...client.asUser('alice'), `${url}/expired`);
    return JSON.parse(body.toString()) as { readonly count: number };
  };
  await answerOf('nothing more to expire', expired, ({ count }) => count === 0);
  expect(await statusOf('mounted')).toBe(200);
});
