import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveManifest } from '#archive';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers, type ArchiveContents } from './signed-archives.js';
import { memberAt } from './stored-windows.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-mount-'));
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(400_000)]);
const forms = ['detached', 'attached', 'oaep', 'gcm'] as const;
let cluster: RunningCluster;
let client: CurlClient;
/** Of recordings that are there, in all forms, as the gateway made it. */
let original: ArchiveContents;

interface Outcome {
  readonly recording: string;
  readonly outcome: string;
  readonly detail?: string;
}

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  client = new CurlClient(cluster, work);
  client.write('media', media);
  const { envelope, ciphertext } = splitEnvelope(await encrypted('-aes-256-cbc'));
  await client.put('detached.mp3', ciphertext);
  const [pkcs7, mediaDescriptor] = [envelope.toString('base64'), client.stored('detached.mp3')];
  await client.inserted('detached', { mediaId: 'detached.mp3', mediaDescriptor, pkcs7, parameters: { dnis: '4711' } });
  await inserted('attached', await encrypted('-aes-128-cbc'));
  await inserted('oaep', await encrypted('-keyopt', 'rsa_padding_mode:oaep', '-aes-256-cbc'));
  await inserted('gcm', await encrypted('-aes-256-gcm'));
  const ids = forms.map(form => client.recordingId(form));
  original = await archiveContents(client, cluster.ready.gateway, ids);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function encrypted(...options: readonly string[]): Promise<Buffer> {
  const files = ['-in', client.file('media'), '-outform', 'DER', '-out', client.file('whole.der')];
  await openssl('cms', '-encrypt', '-binary', ...files, '-recip', client.certificateFile, ...options);
  return readFileSync(client.file('whole.der'));
}

async function inserted(form: string, content: Buffer): Promise<void> {
  await client.put(`${form}.mp3`, content);
  await client.inserted(form, { mediaId: `${form}.mp3`, mediaDescriptor: client.stored(`${form}.mp3`) });
}

/** An archive of recordings with these ends of their ids, in the storage; a path below its base. */
async function stored(name: string, changed: Partial<ArchiveManifest> = {}, service?: string): Promise<string> {
  const names = new Map(forms.map(form => [client.recordingId(form), idOf(form, name)]));
  const archive = await archiveOfOthers(cluster, original, names, { changed, ...(service ? { service } : {}) });
  await client.put(`${name}.zip`, archive);
  return client.stored(`${name}.zip`).path;
}

const idOf = (form: string, name: string): string => client.recordingId(`${name}-${form}`);

async function archive(act: 'mount' | 'unmount', path: string, ...more: readonly string[]) {
  const configuration = cluster.ready.commandLine ?? join(cluster.ready.dataDir, 'rcsctl.yaml');
  const args = ['archive', act, path, '--authority', cluster.ready.caFile, '--json', ...more];
  const result = await rcsctl(configuration, ...args);
  const outcomes = result.stdout === '' ? [] : (JSON.parse(result.stdout) as { outcomes: Outcome[] }).outcomes;
  return { ...result, outcomes: outcomes.map(({ recording, outcome }) => `${recording}: ${outcome}`) };
}

const all = (name: string, outcome: string): string[] => forms.map(form => `${idOf(form, name)}: ${outcome}`);

/** What is mounted, as an operations account sees it. */
async function mounts(): Promise<readonly object[]> {
  const { operations, commandLine, dataDir } = cluster.ready;
  const passwordFile = client.write('ops.password', Buffer.from(operations.password));
  const configuration = commandLine ?? join(dataDir, 'rcsctl.yaml');
  const as = ['--user', operations.name, '--password-file', passwordFile];
  const listed = await rcsctl(configuration, 'archive', 'mounts', '--json', ...as);
  expect([listed.status, listed.stderr]).toEqual([0, '']);
  return (JSON.parse(listed.stdout) as { mounts: object[] }).mounts;
}

/** As an operations account. */
function unmount(path: string, ...more: readonly string[]) {
  const { operations } = cluster.ready;
  const passwordFile = client.write('ops.password', Buffer.from(operations.password));
  return archive('unmount', path, '--user', operations.name, '--password-file', passwordFile, ...more);
}

interface MediaFiles {
  readonly mediaFiles: readonly { readonly playPath: string; readonly parameters?: object }[];
}
const metadataOf = async (id: string): Promise<MediaFiles> =>
  JSON.parse((await client.get(`/api/v2/recordings/${id}`)).body.toString()) as MediaFiles;
/** Recordings that would be lost with the key of the certificate. */
const recordingsOfKey = async (): Promise<number> => {
  const answer = await client.get('/rcs/certificates/demo');
  const { recordings, unknown } = JSON.parse(answer.body.toString()) as { recordings: number; unknown?: number };
  expect([answer.status, unknown ?? 0]).toEqual([200, 0]);
  return recordings;
};
const playPathOf = async (id: string): Promise<string> => (await metadataOf(id)).mediaFiles[0]!.playPath;
const deletion = (id: string) => {
  const { gateway, contactCenter } = cluster.ready;
  const url = `${gateway}/api/v2/ops/contact-centers/${contactCenter}/recordings/${id}`;
  return curl(...client.asOps(), '--request', 'DELETE', url);
};

describe('a mounted archive', () => {
  it('plays its recordings, whole and from any byte, in whatever form they are, without unpacking', async () => {
    const path = await stored('played');
    const mounted = await archive('mount', path);
    expect([mounted.status, mounted.outcomes, mounted.stderr]).toEqual([0, all('played', 'mounted'), '']);
    expect((await metadataOf(idOf('detached', 'played'))).mediaFiles[0]?.parameters).toEqual({ dnis: '4711' });
    for (const form of forms) {
      const playPath = await playPathOf(idOf(form, 'played'));
      const whole = await client.play(playPath);
      expect([form, whole.status, whole.body.equals(media)]).toEqual([form, 200, true]);
      expect(whole.headers['rcs-content-proof']).toBe('proved');
      for (let round = 0; round < 5; round++) {
        const first = Math.floor(Math.random() * media.length);
        const last = first + Math.floor(Math.random() * (media.length - first));
        const part = await client.play(playPath, '--range', `${first}-${last}`);
        const isRight = part.body.equals(media.subarray(first, last + 1));
        expect([form, first, last, part.status, isRight]).toEqual([form, first, last, 206, true]);
      }
    }
    expect(await archive('mount', path)).toMatchObject({ status: 0, outcomes: all('played', 'mounted') });
    expect(await mounts()).toContainEqual({ storage: 'webDAV', path, recordings: forms.length });
  });

  it('plays unpacked, too', async () => {
    await stored('unpacked');
    const { url, user, password, folder = '' } = cluster.ready.webdav;
    const [zip, tree] = [client.file('upload'), client.file('tree')];
    execFileSync('unzip', ['-q', zip, '-d', tree]);
    const below = `${folder}unpacked`;
    for (const entry of ['.', ...readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort()]) {
      const target = `${url}/${below}/${entry}`.replace('/.', '');
      const isFolder = statSync(join(tree, entry)).isDirectory();
      const act = isFolder ? ['--request', 'MKCOL'] : ['--upload-file', join(tree, entry)];
      expect((await curl('--user', `${user}:${password}`, ...act, isFolder ? `${target}/` : target)).status).toBe(201);
    }
    const mounted = await archive('mount', `${below}/`);
    expect([mounted.status, mounted.outcomes, mounted.stderr]).toEqual([0, all('unpacked', 'mounted'), '']);
    for (const form of forms) {
      const played = await client.play(await playPathOf(idOf(form, 'unpacked')), '--range', '12345-234567');
      expect([form, played.status, played.body.equals(media.subarray(12_345, 234_568))]).toEqual([form, 206, true]);
    }
    const found = (await mounts()).filter(mount => JSON.stringify(mount).includes(`${below}/"`));
    expect(found).toMatchObject([{ storage: 'webDAV', recordings: forms.length }]);
    expect((await unmount(`${below}/`)).outcomes).toEqual(all('unpacked', 'unmounted'));
    expect(JSON.stringify(await mounts())).not.toContain(`${below}/"`);
  });

  it('is only read: its recordings keep their key and are not deleted, and unmounted they are as if never mounted', async () => {
    const path = await stored('kept');
    const before = await recordingsOfKey();
    expect((await archive('mount', path)).status).toBe(0);
    expect(await recordingsOfKey()).toBe(before + forms.length);
    const id = idOf('attached', 'kept');
    const refused = await deletion(id);
    expect([refused.status, refused.body.toString()]).toEqual([409, expect.stringContaining('mounted archive')]);
    expect((await client.play(await playPathOf(id))).status).toBe(200);
    const protectedOne = idOf('gcm', 'kept');
    const protect = JSON.stringify({ operationName: 'applyNonDelete' });
    const headers = ['--header', 'Content-Type: application/json', '--data', protect];
    const url = `${cluster.ready.gateway}/api/v2/recordings/${protectedOne}`;
    expect((await curl(...client.asUser('alice'), ...headers, url)).status).toBe(200);
    const other = await stored('other');
    expect((await unmount(other)).outcomes).toEqual(all('other', 'not-mounted'));
    const first = await unmount(path);
    const rest = all('kept', 'unmounted').slice(0, 3);
    expect([first.status, first.outcomes]).toEqual([1, [...rest, `${protectedOne}: kept`]]);
    expect(await recordingsOfKey()).toBe(before + 1);
    expect((await client.get(`/api/v2/recordings/${id}`)).status).toBe(404);
    expect((await client.play(await playPathOf(protectedOne))).status).toBe(200);
    expect((await archive('mount', path)).outcomes).toEqual(all('kept', 'mounted'));
    expect((await client.play(await playPathOf(id))).status).toBe(200);
  });

  it('is refused when another file lies in its place, until that is mounted', async () => {
    const path = await stored('replaced');
    expect((await archive('mount', path)).status).toBe(0);
    const id = idOf('detached', 'replaced');
    const warm = await playPathOf(id);
    expect((await client.play(warm)).status).toBe(200);
    await new Promise(resolve => setTimeout(resolve, 1100));
    const again = await stored('replaced', { reason: 'made anew' });
    const refused = await client.play(warm);
    expect([refused.status, refused.body.includes(media.subarray(0, 100))]).toEqual([422, false]);
    expect((await client.play(await playPathOf(idOf('gcm', 'replaced')))).status).toBe(422);
    expect((await archive('mount', again)).outcomes).toEqual(all('replaced', 'taken'));
    expect((await unmount(again)).status).toBe(0);
    expect((await archive('mount', again)).status).toBe(0);
    expect((await client.play(await playPathOf(id))).body.equals(media)).toBe(true);
  });

  it('brings back nothing that was erased, and shows nothing that the store has', async () => {
    const path = await stored('erased');
    expect((await archive('mount', path)).status).toBe(0);
    const id = idOf('oaep', 'erased');
    const playPath = await playPathOf(id);
    const order = JSON.stringify({ recordings: [id], reason: 'article 17' });
    const headers = ['--header', 'Content-Type: application/json', '--data', order];
    const erased = await curl(...client.asUser('alice'), ...headers, `${cluster.ready.gateway}/rcs/erasures`);
    expect([erased.status, JSON.parse(erased.body.toString())]).toMatchObject([
      200,
      { recordings: [{ id, outcome: 'removed' }] },
    ]);
    expect((await client.play(playPath)).status).toBe(404);
    expect((await unmount(path)).outcomes).toContain(`${id}: not-mounted`);
    const again = await archive('mount', path);
    expect([again.status, again.outcomes.filter(outcome => !outcome.endsWith(': mounted'))]).toEqual([
      1,
      [`${id}: taken`],
    ]);
    expect((await client.play(playPath)).status).toBe(404);
    await client.put('own.zip', await archiveOfOthers(cluster, original, new Map()));
    const own = await archive('mount', client.stored('own.zip').path);
    expect(own.outcomes).toEqual(forms.map(form => `${client.recordingId(form)}: taken`));
  });

  it('gives nothing to another contact center, whatever stands in it and whoever names its bytes', async () => {
    const path = await stored('walled');
    const other = randomUUID();
    await withClusterStore(cluster.ready.dataDir, {}, store => store.contactCenters.put({ id: other, name: other }));
    const elsewhere = ['--contact-center', other];
    const foreign = await archive('mount', path, ...elsewhere);
    expect([foreign.status, foreign.stderr]).toEqual([
      1,
      expect.stringContaining(`of the contact center ${cluster.ready.contactCenter}: it is mounted for no other`),
    ]);
    const forged = await stored('forged', { contactCenter: other });
    expect((await archive('mount', forged, ...elsewhere)).outcomes).toEqual(all('forged', 'refused'));
    expect((await archive('mount', path)).status).toBe(0);
    const mediaDescriptor = { storage: 'webDAV', path: await memberAt(cluster.ready.webdav, path, 'attached.mp3.bin') };
    const stolen = JSON.stringify({
      id: randomUUID(),
      mediaFiles: [{ mediaId: 'x', type: 'audio/mp3', mediaDescriptor }],
    });
    const url = `${cluster.ready.gateway}/internal-api/contact-centers/${other}/recordings`;
    const taken = await curl(
      ...client.asRecorder(),
      ...['--header', 'Content-Type: application/json'],
      '--data',
      stolen,
      url,
    );
    expect([taken.status, taken.body.toString()]).toEqual([409, expect.stringContaining('another contact center')]);
    const unsigned = await archive('mount', await stored('unsigned', {}, 'playback-gateway'));
    expect([unsigned.status, unsigned.stderr]).toEqual([1, expect.stringContaining('which is no key vault')]);
  });

  it.each<[string, (zip: Buffer) => Buffer]>([
    ['was cut off', zip => zip.subarray(0, -10)],
    [
      'has a byte changed',
      zip => Buffer.concat([zip.subarray(0, 5000), Buffer.from([zip[5000]! ^ 1]), zip.subarray(5001)]),
    ],
    ['has something behind its end', zip => Buffer.concat([zip, Buffer.alloc(1)])],
  ])('is not mounted when it %s', async (_, hostile) => {
    const path = await stored('hostile');
    writeFileSync(client.file('hostile'), hostile(readFileSync(client.file('upload'))));
    await client.put('hostile.zip', readFileSync(client.file('hostile')));
    const refused = await archive('mount', path);
    expect([refused.status, refused.outcomes]).toEqual([1, []]);
    expect((await client.get(`/api/v2/recordings/${idOf('gcm', 'hostile')}`)).status).toBe(404);
  });
});
