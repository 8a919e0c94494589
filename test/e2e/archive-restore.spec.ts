import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveManifest } from '#archive';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers, type ArchiveContents } from './signed-archives.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-restore-'));
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(300_000)]);
let cluster: RunningCluster;
let client: CurlClient;
/** Of a recording that is there, as the gateway made it. */
let original: ArchiveContents;
let id: string;

interface Outcome {
  readonly recording: string;
  readonly outcome: string;
}

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  client = new CurlClient(cluster, work);
  const [input, whole] = [client.write('media', media), client.file('whole.der')];
  const args = ['cms', '-encrypt', '-binary', '-aes-256-cbc', '-in', input, '-outform', 'DER', '-out', whole];
  await openssl(...args, client.certificateFile);
  const { envelope, ciphertext } = splitEnvelope(readFileSync(whole));
  await client.put('kept.mp3', ciphertext);
  const pkcs7 = envelope.toString('base64');
  const parameters = { dnis: '4711' };
  await client.inserted('kept.mp3', {
    mediaId: 'kept.mp3',
    mediaDescriptor: client.stored('kept.mp3'),
    pkcs7,
    parameters,
  });
  id = client.recordingId('kept.mp3');
  original = await archiveContents(client, cluster.ready.gateway, [id]);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** The same archive, of a recording that nobody has, as a vault of this cluster might have signed it. */
async function ofAnother(name: string, service = 'key-vault', changed: Partial<ArchiveManifest> = {}): Promise<string> {
  const names = new Map([[id, client.recordingId(name)]]);
  return client.write(`${name}.zip`, await archiveOfOthers(cluster, original, names, { service, changed }));
}

async function restore(file: string, ...more: readonly string[]) {
  const configuration = cluster.ready.commandLine ?? join(cluster.ready.dataDir, 'rcsctl.yaml');
  const directory = ['--directory', `${cluster.ready.webdav.folder ?? ''}restored`];
  const authority = ['--authority', cluster.ready.caFile];
  const result = await rcsctl(configuration, 'archive', 'restore', file, ...authority, ...directory, '--json', ...more);
  const outcomes = result.stdout === '' ? [] : (JSON.parse(result.stdout) as { outcomes: Outcome[] }).outcomes;
  return { ...result, outcomes: outcomes.map(({ recording, outcome }) => `${recording}: ${outcome}`) };
}

const metadataOf = async (recording: string): Promise<Record<string, unknown>> =>
  JSON.parse((await client.get(`/api/v2/recordings/${recording}`)).body.toString()) as Record<string, unknown>;

describe('a recording that comes back from an archive', () => {
  it('plays as before, with its metadata, and comes back once', async () => {
    const file = await ofAnother('lost.mp3');
    const other = client.recordingId('lost.mp3');
    const first = await restore(file);
    expect([first.status, first.outcomes, first.stderr]).toEqual([0, [`${other}: restored`], '']);
    const { mediaFiles } = (await metadataOf(other)) as { mediaFiles: { playPath: string; parameters: object }[] };
    expect(mediaFiles[0]?.parameters).toEqual({ dnis: '4711' });
    const played = await client.play(mediaFiles[0]!.playPath);
    expect([played.status, played.body.equals(media), played.headers['rcs-content-proof']]).toEqual([
      200,
      true,
      'proved',
    ]);
    expect(await restore(file)).toMatchObject({ status: 1, outcomes: [`${other}: taken`] });
  });

  it('comes back after an end in the middle, when its file is stored already', async () => {
    const file = await ofAnother('half.mp3');
    const other = client.recordingId('half.mp3');
    const bin = [...original.files].find(([path]) => path.endsWith('.bin'))![1];
    const { url, user, password } = cluster.ready.webdav;
    const folder = `${cluster.ready.webdav.folder ?? ''}restored`;
    const path = `${folder}/2026-11-21/${other}/1-kept.mp3.bin`;
    for (const part of [folder, `${folder}/2026-11-21`, `${folder}/2026-11-21/${other}`])
      await curl('--user', `${user}:${password}`, '--request', 'MKCOL', `${url}/${part}/`);
    writeFileSync(client.file('bin'), bin);
    await curl('--user', `${user}:${password}`, '--upload-file', client.file('bin'), `${url}/${path}`);
    expect(await restore(file)).toMatchObject({ status: 0, outcomes: [`${other}: restored`] });
  });

  it('does not come back over another one, and not after it was removed: nothing is stored then', async () => {
    const whole = await ofAnother('kept.mp3');
    expect(await restore(whole)).toMatchObject({ status: 1, outcomes: [`${id}: taken`] });
    const { gateway, contactCenter } = cluster.ready;
    const url = `${gateway}/api/v2/ops/contact-centers/${contactCenter}/recordings/${id}`;
    expect((await curl(...client.asOps(), '--request', 'DELETE', url)).status).toBeLessThan(300);
    expect(await restore(whole)).toMatchObject({ status: 1, outcomes: [`${id}: taken`] });
    expect((await client.get(`/api/v2/recordings/${id}`)).status).toBe(404);
  });

  it('does not come back from what no vault signed, or from the archive of somebody else', async () => {
    const ofGateway = await restore(await ofAnother('forged.mp3', 'playback-gateway'));
    expect([ofGateway.status, ofGateway.stderr]).toEqual([1, expect.stringContaining('which is no key vault')]);
    const foreign = await restore(await ofAnother('foreign.mp3', 'key-vault', { contactCenter: 'somebody' }));
    expect([foreign.status, foreign.stderr]).toEqual([1, expect.stringContaining('--of-contact-center')]);
    const incomplete = {
      leftOut: [{ recording: client.recordingId('part.mp3'), mediaFile: 'b', code: 'plain', reason: '' }],
    };
    const part = await ofAnother('part.mp3', 'key-vault', incomplete);
    expect((await restore(part)).outcomes).toEqual([`${client.recordingId('part.mp3')}: incomplete`]);
    expect((await restore(part, '--incomplete')).outcomes).toEqual([`${client.recordingId('part.mp3')}: restored`]);
  });
});
