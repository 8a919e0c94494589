import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { earlierSound as sound, unpackEarlierDataDirectory } from '#test/cluster/earlier-data-directory.js';
import Database from 'better-sqlite3';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { bodyOf, CertificateAdministrator } from './certificate-administrator.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-earlier-'));
const data = join(work, 'data');
let cluster: RunningCluster;
let admin: CertificateAdministrator;
let curlClient: CurlClient;

interface MediaIndex {
  readonly mediaFiles: number;
  readonly inspected: number;
  readonly proved: number;
  readonly failing: number;
  readonly unknownRecordings: number;
  readonly failures: readonly unknown[];
}

const indexStatus = async (): Promise<MediaIndex> => bodyOf(await admin.send('/rcs/recordings/index-status'));

const asErin = (): string[] => {
  const password = readFileSync(join(data, 'secrets/user-erin'), 'utf8').trim();
  return ['--cacert', cluster.ready.caFile, '--user', `erin:${password}`];
};

async function play(id: string, credentials = curlClient.asUser('alice')) {
  const resource = await curl(...credentials, `${cluster.ready.gateway}/api/v2/recordings/${id}`);
  const { mediaFiles } = bodyOf<{ mediaFiles: { playPath: string }[] }>(resource);
  return curl(...credentials, curlClient.playUrl(mediaFiles[0]!.playPath));
}

beforeAll(async () => {
  unpackEarlierDataDirectory(data);
  // The quickstart itself plays the two demo recordings that an earlier version made, with its key from its token.
  cluster = await startCluster(repository, data);
  admin = new CertificateAdministrator(cluster, work);
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe('a data directory of an earlier version', () => {
  it.each([
    'ATTACHED-PLAYED',
    'ATTACHED-NEVER-PLAYED',
    'ATTACHED-WITH-ALIAS',
    'PLAIN-PLAYED',
    'PLAIN-NEVER-PLAYED',
    'DETACHED-PLAYED',
    'DETACHED-NEVER-PLAYED',
  ])('still plays %s, whether it has been looked at yet or not', async id => {
    const answer = await play(id);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(sound(id))).toBe(true);
  });

  it('still plays the recording of a neighbour for the neighbour, and for nobody else', async () => {
    expect((await play('NEIGHBOUR-PLAIN', asErin())).body.equals(sound('NEIGHBOUR-PLAIN'))).toBe(true);
    const other = await curl(
      ...curlClient.asUser('alice'),
      `${cluster.ready.gateway}/api/v2/recordings/NEIGHBOUR-PLAIN`,
    );
    expect(other.status).toBe(404);
  });

  it('is looked at in the background until everything is known', async () => {
    await waitFor('the index', async () => (await indexStatus()).proved === 9);
    expect(await indexStatus()).toEqual({
      mediaFiles: 9,
      inspected: 9,
      proved: 9,
      failing: 0,
      givenUp: 0,
      unknownRecordings: 0,
      failures: [],
    });
    const log = (): string => readFileSync(join(data, 'logs/playback-gateway.log'), 'utf8');
    await waitFor('the last line of progress', () => log().includes('every media file is indexed'));
  });

  it('counts the attached recordings that no metadata names a certificate of', async () => {
    const { certificates } = await admin.certificates<{ certificates: { alias: string; recordings: number }[] }>(
      'list',
    );
    expect(certificates.find(({ alias }) => alias === 'expired-2020')?.recordings).toBe(2);
    const deleted = await admin.json('DELETE', '/rcs/certificates/expired-2020', {});
    expect(deleted.status).toBe(409);
    expect(bodyOf(deleted)).toMatchObject({ code: 'RCS_CERTIFICATE_IN_USE', reason: 'NEEDED_BY_RECORDINGS' });
    expect((await play('ATTACHED-NEVER-PLAYED')).status).toBe(200);
  });

  it('plays everything with its content proved', async () => {
    for (const id of ['ATTACHED-PLAYED', 'PLAIN-PLAYED', 'DETACHED-PLAYED', 'ATTACHED-WITH-ALIAS']) {
      const answer = await play(id);
      expect([answer.status, answer.headers['rcs-content-proof']]).toEqual([200, 'proved']);
      expect(answer.body.equals(sound(id))).toBe(true);
    }
  });

  it('plays from a storage that was moved, and refuses another file of the same length', async () => {
    const file = join(data, 'webdav/files/recordings/PLAIN-PLAYED.mp3');
    const stored = readFileSync(file);
    utimesSync(file, new Date('2020-01-01'), new Date('2020-01-01'));
    expect((await play('PLAIN-PLAYED')).body.equals(sound('PLAIN-PLAYED'))).toBe(true);
    const other = Buffer.from(stored);
    other.write('THAT', stored.length - 20);
    writeFileSync(file, other);
    const refused = await play('PLAIN-PLAYED');
    expect(refused.status).toBe(422);
    expect(refused.body.toString()).toContain('not the one that was recorded');
    writeFileSync(file, stored);
    expect((await play('PLAIN-PLAYED')).body.equals(sound('PLAIN-PLAYED'))).toBe(true);
  });

  it('keeps a neighbour from naming a place that it has named', async () => {
    const body = {
      id: 'THIEF',
      mediaFiles: [
        { mediaId: 'x', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path: 'PLAIN-%50LAYED.mp3' } },
      ],
    };
    const { gateway } = cluster.ready;
    const answer = await curl(
      ...curlClient.asRecorder(),
      ...['--header', 'Content-Type: application/json', '--data-binary', JSON.stringify(body)],
      `${gateway}/internal-api/contact-centers/neighbour/recordings`,
    );
    expect(answer.status).toBe(409);
    expect(answer.body.toString()).toContain('A recording of another contact center lies there');
  });

  it('keeps assignment and client of Genesys Cloud', async () => {
    const { certificates } = await admin.certificates<{ certificates: { alias: string; deployedCount: number }[] }>(
      'list',
    );
    expect(certificates.find(({ alias }) => alias === 'current')?.deployedCount).toBe(1);
  });

  it('has its audit sealed: every writer of before is vouched for', async () => {
    const store = join(data, 'store');
    const verified = await rcsctl('', 'audit', 'verify', '--json', '--store', store, '--ca', cluster.ready.caFile);
    const { problems, checkpoints } = JSON.parse(verified.stdout) as {
      problems: unknown[];
      checkpoints: { problems: unknown[]; refused: unknown[] };
    };
    expect([problems, checkpoints.problems, checkpoints.refused]).toEqual([[], [], []]);
    const database = new Database(join(store, 'audit.sqlite'), { readonly: true });
    const [first] = database.prepare('SELECT note FROM audit_checkpoint ORDER BY number').pluck().all() as string[];
    const ofBefore = database
      .prepare("SELECT DISTINCT writer FROM audit_record WHERE json_extract(record, '$.version') IS NULL")
      .pluck()
      .all() as string[];
    database.close();
    expect(ofBefore.length).toBeGreaterThan(0);
    for (const writer of ofBefore) expect(first).toContain(`\nhead ${writer} `);
  });
});
