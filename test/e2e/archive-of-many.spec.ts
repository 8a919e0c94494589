import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { residentMegabytes } from '#test/cluster/resident-memory.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import { rcsctl, resultOf, startRcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { ManyRecordings, typed, type StoredRecording } from './many-recordings.js';

/** 5,000 of 600 kB in `npm test -- long e2e test/e2e/archive-of-many`. */
const recordings = Number(process.env.ARCHIVED_RECORDINGS ?? 200);
const bytes = recordings > 1000 ? 600_000 : 60_000;
const opened = 200;
const days = Array.from({ length: 8 }, (_, index) => `2026-10-0${index + 1}`);
const kills = 4;
/** Of each recording that is played from its archive. */
const ranges = 3;
/** Of kills and ranges; ARCHIVED_SEED chooses the same ones again. */
const seed = process.env.ARCHIVED_SEED ?? randomBytes(4).toString('hex');

/** A number below a bound, the same for the same seed and purpose. */
const chance = (purpose: string, below: number): number =>
  createHash('sha256').update(`${seed} ${purpose}`).digest().readUIntBE(0, 6) % below;
/** Beside what one archive holds of its members: a line of the directory and one of the manifest each. */
const growthMegabytes = 120;

jest.setTimeout(recordings * 1500 + 120_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-archive-of-many-'));
const [archives, tree] = [join(work, 'archives'), join(work, 'tree')];
const run = promisify(execFile);
let cluster: RunningCluster;
let many: ManyRecordings;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  many = new ManyRecordings(cluster.ready, work, { recordings, bytes, days });
  await many.store();
  const { gateway, caFile, contactCenter, ops } = cluster.ready;
  writeFileSync(join(work, 'ops.password'), ops.password);
  const access = ['--gateway', gateway, '--ca', caFile, '--contact-center', contactCenter, '--ops-user', ops.name];
  const insert = ['insert', many.lines, '--json', ...access, '--ops-password-file', join(work, 'ops.password')];
  const { status, stderr } = await resultOf(startRcsctl(cluster.ready.commandLine ?? '', ...insert));
  if (status !== 0) throw new Error(stderr);
  mkdirSync(archives);
  mkdirSync(tree);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

function daily() {
  const { gateway, caFile, commandLine } = cluster.ready;
  const { name, password } = personOf(cluster.ready, 'alice');
  writeFileSync(join(work, 'password'), password);
  const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', join(work, 'password')];
  const wished = ['--to', archives, '--reason', 'kept elsewhere', '--from', days[0]!, '--until', days.at(-1)!];
  return startRcsctl(commandLine ?? '', 'archive', 'daily', ...wished, ...access, '--json');
}

const whole = (): string[] => readdirSync(archives).filter(name => name.endsWith('.zip'));
const stamps = (): string[] => whole().map(name => `${name} ${statSync(join(archives, name)).mtimeMs}`);

/** As soon as something more has been written, at a moment of chance: whatever is there then is whole, and stays. */
async function killedInTheMiddle(kill: number): Promise<string[]> {
  const child = daily();
  const ended = resultOf(child);
  const before = readdirSync(archives).join();
  await waitFor('an archive to grow', () => child.exitCode !== null || readdirSync(archives).join() !== before);
  await sleep(chance(`kill ${kill}`, 150));
  child.kill('SIGKILL');
  await ended;
  return stamps();
}

it(`takes ${recordings} recordings along in memory that does not grow, killed and run again`, async () => {
  const gateway = processIdOf('playback-gateway', cluster.ready.dataDir);
  const before = residentMegabytes(gateway);
  const began = performance.now();
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, residentMegabytes(gateway))), 100);
  try {
    const kept = new Set<string>();
    for (let kill = 0; kill < kills; kill++) for (const stamp of await killedInTheMiddle(kill)) kept.add(stamp);
    const { status, stderr } = await within('all archives', resultOf(daily()), recordings * 1000 + 60_000);
    expect([status, stderr]).toEqual([0, '']);
    expect(whole()).toEqual(days.map(day => `archive-${day}.zip`));
    expect(readdirSync(archives)).toEqual(whole());
    expect(stamps()).toEqual(expect.arrayContaining([...kept]));
  } finally {
    clearInterval(watching);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const grown = (most - before).toFixed(0);
  process.stderr.write(
    `seed ${seed}: archives of ${recordings} recordings in ${seconds} s, the gateway grew by ${grown} MB\n`,
  );
  expect(most - before).toBeLessThan(growthMegabytes);
});

/** Where each recording lies in what was unpacked. */
const folders = (): [string, string][] =>
  readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.bin'))
    .map(path => [basename(dirname(path)), join(tree, dirname(path))]);

it('is whole for unzip and for rcsctl, and every recording is in it once', async () => {
  for (const name of whole()) {
    const file = join(archives, name);
    expect((await run('unzip', ['-tq', file])).stdout).toContain('No errors detected');
    const verify = ['archive', 'verify', file, '--ca', cluster.ready.caFile];
    expect(await rcsctl(cluster.ready.commandLine ?? '', ...verify)).toMatchObject({ status: 0 });
    await run('unzip', ['-q', file, '-d', join(tree, name)]);
  }
  const ids = folders().map(([id]) => id);
  expect(ids.sort()).toEqual(many.stored.map(({ id }) => id).sort());
});

const sampled = (): readonly StoredRecording[] =>
  many.stored.filter((_, index) => index % Math.max(1, Math.floor(recordings / opened)) === 0);

it('opens with the commands that stand in it, byte for byte', async () => {
  const certificate = cluster.ready.certificates[0]!.file;
  const key = join(work, 'recording-certificate.key');
  const folderOf = new Map(folders());
  for (const { id, mediaId, sha256 } of sampled()) {
    const cwd = folderOf.get(id)!;
    const document = JSON.parse(readFileSync(join(cwd, 'recording.json'), 'utf8')) as {
      mediaFiles: readonly { mediaId: string; archive: { opens: string } }[];
    };
    const { opens } = document.mediaFiles.find(one => one.mediaId === mediaId)!.archive;
    await run('sh', ['-c', typed(opens, certificate, key)], { cwd });
    const plaintext = readFileSync(join(cwd, 'out'));
    expect([id, createHash('sha256').update(plaintext).digest('hex')]).toEqual([id, sha256]);
  }
});

/** As from a backup of before they were recorded: the archives are all that is left. */
async function loseRecordings(): Promise<void> {
  const { contactCenter, dataDir } = cluster.ready;
  const order = { contactCenter, kind: 'unmounted', user: 'nobody', reason: 'lost', time: new Date().toISOString() };
  await withClusterStore(dataDir, {}, async ({ removals }) => {
    for (const { id } of many.stored)
      expect(await removals.remove({ ...order, kind: 'unmounted', recordingId: id }, [])).toBe('removed');
  });
}

it('plays where it lies, mounted, at places of chance', async () => {
  await loseRecordings();
  const { caFile, commandLine = '', webdav } = cluster.ready;
  const client = new CurlClient(cluster, work);
  const { status } = await client.get(`/api/v2/recordings/${many.stored[0]!.id}`);
  expect(status).toBe(404);
  for (const name of whole()) {
    const path = `${webdav.folder ?? ''}${name}`;
    await many.put(path, readFileSync(join(archives, name)));
    const mounted = await rcsctl(commandLine, 'archive', 'mount', path, '--authority', caFile, '--json');
    expect([mounted.status, mounted.stderr]).toEqual([0, '']);
  }
  const waiting = [...sampled()];
  const began = performance.now();
  const listen = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await playsFromAnywhere(client, one);
  };
  await Promise.all([listen(), listen(), listen(), listen()]);
  const [played, seconds] = [sampled().length, ((performance.now() - began) / 1000).toFixed(0)];
  process.stderr.write(
    `seed ${seed}: ${played} mounted recordings played, ${ranges} ranges of each, in ${seconds} s\n`,
  );
});

async function playsFromAnywhere(client: CurlClient, { id, index }: StoredRecording): Promise<void> {
  const resource = await client.get(`/api/v2/recordings/${id}`);
  const { mediaFiles } = JSON.parse(resource.body.toString()) as { mediaFiles: readonly { playPath: string }[] };
  const media = many.mediaOf(index);
  for (let range = 0; range < ranges; range++) {
    const first = chance(`${id} from ${range}`, media.length);
    const last = first + chance(`${id} to ${range}`, media.length - first);
    const part = await client.play(mediaFiles[0]!.playPath, '--range', `${first}-${last}`);
    const isRight = part.body.equals(media.subarray(first, last + 1));
    const said = part.status === 206 ? '' : part.body.toString();
    expect([id, first, last, said, part.status, isRight]).toEqual([id, first, last, '', 206, true]);
  }
}
