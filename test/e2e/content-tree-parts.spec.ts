import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers } from './signed-archives.js';

jest.setTimeout(600_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-tree-parts-'));
/** Its tree has five parts. */
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(72_000_000)]);
const forms = ['definite', 'segmented', 'plain'] as const;
let cluster: RunningCluster;
/** Gateway and worker are one process. */
let whole: SecondGateway;
let clients: readonly CurlClient[] = [];
const stored = new Map<string, Buffer>();
const paths = new Map<string, string>();

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  whole = await startSecondGateway(repository, cluster.ready, { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' });
  const through = { ...cluster, ready: { ...cluster.ready, gateway: whole.url } };
  clients = [new CurlClient(cluster, work), new CurlClient(through, work)];
  for (const form of forms) await insert(form);
  for (const form of forms)
    await waitFor(`the content tree of ${form}`, async () => {
      const { headers } = await play(clients[0]!, form, 'bytes=0-9');
      return headers['rcs-content-proof'] === 'proved';
    });
});
afterAll(async () => {
  await whole?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function insert(form: (typeof forms)[number]): Promise<void> {
  const [client] = clients;
  const files = ['-in', client!.write('media', media), '-outform', 'DER', '-out', client!.file(form)];
  const stream = form === 'segmented' ? ['-stream'] : [];
  if (form !== 'plain')
    await openssl('cms', '-encrypt', '-binary', ...stream, '-aes256', ...files, client!.certificateFile);
  const content = form === 'plain' ? media : readFileSync(client!.file(form));
  stored.set(form, content);
  await client!.put(`${form}.mp3`, content);
  paths.set(form, await client!.insertedFile(`${form}.mp3`));
}

const play = (client: CurlClient, form: string, range: string) =>
  client.play(paths.get(form)!, '--header', `Range: ${range}`);

/** Ranges of chance, also at the ends, and some at once. */
async function playsAnywhere(client: CurlClient, form: string): Promise<void> {
  const { length } = media;
  const places = [0, length - 65_536, ...Array.from({ length: 6 }, () => randomInt(length - 65_536))];
  for (const first of places) {
    const { status, body, headers } = await play(client, form, `bytes=${first}-${first + 65_535}`);
    const isRight = body.equals(media.subarray(first, first + 65_536));
    expect([form, first, status, isRight, headers['rcs-content-proof']]).toEqual([form, first, 206, true, 'proved']);
  }
  const first = randomInt(length - 40_000_000);
  const rest = await play(client, form, `bytes=${first}-`);
  expect([form, first, rest.status, rest.body.equals(media.subarray(first))]).toEqual([form, first, 206, true]);
  const several = await play(client, form, `bytes=5-9,${first}-${first + 99}`);
  expect([several.status, several.body.includes(media.subarray(first, first + 100))]).toEqual([206, true]);
}

describe('media whose content tree is sent in parts', () => {
  it.each(forms)(
    'plays from any byte, %s, by workers of their own and by one in the process of the gateway',
    async form => {
      for (const client of clients) await playsAnywhere(client, form);
    },
  );

  it('goes into an archive, and plays out of one', async () => {
    const [client] = clients;
    const original = await archiveContents(client!, cluster.ready.gateway, ['definite.mp3']);
    const zip = await archiveOfOthers(cluster, original, new Map([['definite.mp3', 'mounted.mp3']]));
    await client!.put('mounted.zip', zip);
    const command = ['archive', 'mount', 'mounted.zip', '--authority', cluster.ready.caFile];
    expect(await rcsctl(join(cluster.ready.dataDir, 'rcsctl.yaml'), ...command)).toMatchObject({ status: 0 });
    const { body } = await client!.get('/api/v2/recordings/mounted.mp3');
    const [file] = (JSON.parse(body.toString()) as { mediaFiles: { playPath: string }[] }).mediaFiles;
    paths.set('mounted', file!.playPath);
    for (const one of clients) await playsAnywhere(one, 'mounted');
  });

  it.each(forms)('of which a block was changed, %s, is refused there and plays elsewhere', async form => {
    const at = 40_000_000;
    const garbled = Buffer.from(stored.get(form)!);
    garbled.writeUInt8(garbled.readUInt8(at) ^ 1, at);
    await clients[0]!.put(`${form}.mp3`, garbled);
    for (const client of clients) {
      // Segments shift the media in its file: somewhere in here is the byte.
      const refused = await play(client, form, `bytes=${at - 60_000}-${at + 9000}`);
      expect(media.subarray(at - 60_000, at + 9001).equals(refused.body)).toBe(false);
      if (refused.status !== 206) expect(refused.status).toBe(422);
      for (const first of [at - 500_000, at + 500_000]) {
        const { status, body } = await play(client, form, `bytes=${first}-${first + 99_999}`);
        expect([status, body.equals(media.subarray(first, first + 100_000))]).toEqual([206, true]);
      }
    }
  });
});
