import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { verifyArchive } from '#archive';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { bytesOf } from '#test/archives/made-archives.js';
import { ArchiveJobsClient, jobIn, type JobAnswer } from './archive-jobs-client.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(120_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-archive-jobs-'));
const bytes = 50_000;
let cluster: RunningCluster;
let client: CurlClient;
let jobs: ArchiveJobsClient;
let recordings: string[];

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  client = new CurlClient(cluster, work);
  jobs = new ArchiveJobsClient(cluster, client);
  recordings = await jobs.recordings(
    [1, 2, 3, 4, 5].map(number => `job-${number}.bin`),
    bytes,
  );
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const verified = async (part: Buffer) =>
  verifyArchive(bytesOf(part), [new X509Certificate(readFileSync(cluster.ready.caFile))], new AbortController().signal);

describe('archive jobs', () => {
  let id: string;

  it('write an archive in parts, each whole and signed, and leave nothing else behind', async () => {
    const missing = client.recordingId('never-stored.bin');
    await client.insertedFile('never-stored.bin');
    id = await jobs.begin({ recordings: [...recordings, missing, 'nobody-has-it'] }, { recordings: 3 });
    const job = await jobs.ended(id);
    expect(job.counts).toMatchObject({ parts: 3, recordings: 6, leftOut: 2 });
    expect(job.leftOut).toMatchObject([
      { recording: missing, code: 'RCS_STORAGE_FILE_MISSING' },
      { recording: 'nobody-has-it' },
    ]);
    expect(await jobs.stored()).toEqual(job.parts.map(({ path }) => basename(path)));
    const found: string[] = [];
    for (const { number, length, sha256 } of job.parts) {
      const answer = await jobs.part(id, number);
      expect([answer.status, answer.headers['content-length']]).toEqual([200, `${length}`]);
      expect(createHash('sha256').update(answer.body).digest('hex')).toBe(sha256);
      const zip = client.write('part.zip', answer.body);
      expect(execFileSync('unzip', ['-t', zip], { encoding: 'utf8' })).toContain('No errors detected');
      const { manifest } = await verified(answer.body);
      expect(manifest.selection).toMatchObject({ job: { id, part: number } });
      found.push(
        ...manifest.members.flatMap(({ mediaFile, recording }) => (mediaFile === undefined ? [] : (recording ?? []))),
      );
    }
    expect(found).toEqual(recordings);
  });

  it('finds recordings by their age, over pages and parts, each once', async () => {
    const byAge = await jobs.ended(await jobs.begin({ age: { minimumDays: 0 } }, { bytes: 1 }));
    const given: string[] = [];
    for (const { number } of byAge.parts) {
      const { manifest } = await verified((await jobs.part(byAge.id, number)).body);
      given.push(
        ...manifest.members.flatMap(({ path, recording }) =>
          path.endsWith('/recording.json') ? (recording ?? []) : [],
        ),
      );
    }
    expect(new Set(given).size).toBe(given.length);
    expect(given).toEqual(expect.arrayContaining(recordings));
    expect(byAge.counts.recordings).toBe(given.length);
  });

  it('gives parts from any byte on, and to no one else', async () => {
    const whole = await jobs.part(id, 1);
    const tag = whole.headers['etag']!;
    const some = await jobs.part(id, 1, '--range', '1000-1999');
    expect([some.status, some.headers['content-range']]).toEqual([206, `bytes 1000-1999/${whole.body.length}`]);
    expect(some.body.equals(whole.body.subarray(1000, 2000))).toBe(true);
    const same = await jobs.part(id, 1, '--range', '1000-', '--header', `If-Range: ${tag}`);
    expect([same.status, same.body.equals(whole.body.subarray(1000))]).toEqual([206, true]);
    expect((await jobs.part(id, 1, '--range', '1000-', '--header', 'If-Range: "other"')).status).toBe(200);
    expect((await jobs.part(id, 1, '--range', `${whole.body.length}-`)).status).toBe(416);
    expect((await jobs.part(id, 9)).status).toBe(404);
    expect((await jobs.ask('GET', `archive-jobs/${id}/parts/1`, undefined, 'bob')).status).toBe(403);
    const { body } = await jobs.ask('GET', 'audit?limit=50');
    expect(body.toString()).toContain('archive-part-read');
  });

  it('goes nowhere but into storages of the contact center', async () => {
    const asked = { reason: 'to be refused', recordings: recordings.slice(0, 1) };
    for (const path of ['http://127.0.0.1:1/elsewhere', 'https://example.com/archives', '../outside', 'file:///tmp']) {
      const answer = await jobs.ask('POST', 'archive-jobs', { ...asked, destination: { path } });
      expect([path, answer.status]).toEqual([path, 400]);
    }
    const body = { ...asked, destination: { path: jobs.folder } };
    expect((await jobs.ask('POST', 'archive-jobs', body, 'bob')).status).toBe(403);
    expect((await jobs.ask('POST', 'archive-jobs', { ...body, destination: undefined })).status).toBe(400);
  });

  it('are paused, resumed and cancelled, and stay as they ended', async () => {
    expect((await jobs.ask('POST', `archive-jobs/${id}/pause`)).status).toBe(409);
    expect((await jobs.ask('DELETE', `archive-jobs/${id}`)).status).toBe(409);
    expect((await jobs.ask('POST', 'archive-jobs/none/resume')).status).toBe(404);
    const other = await jobs.begin({ recordings }, { recordings: 1 });
    expect(jobIn(await jobs.ask('POST', `archive-jobs/${other}/pause`)).state).toBe('paused');
    expect(jobIn(await jobs.ask('POST', `archive-jobs/${other}/resume`)).state).toBe('running');
    expect((await jobs.ended(other)).counts).toMatchObject({ parts: 5, recordings: 5 });
    const { jobs: list } = JSON.parse((await jobs.ask('GET', 'archive-jobs')).body.toString()) as {
      jobs: { id: string }[];
    };
    expect(list.map(job => job.id)).toEqual(expect.arrayContaining([id, other]));
  });
});

describe('an archive schedule', () => {
  it('is set, shown and removed, and really makes the archives of days that were missed', async () => {
    expect((await jobs.ask('GET', 'archive-schedule')).status).toBe(404);
    const age = { minimumDays: 0, maximumDays: 30_000 };
    const asked = { at: '00:00', reason: 'daily', age, destination: { path: jobs.folder } };
    expect((await jobs.ask('PUT', 'archive-schedule', asked, 'bob')).status).toBe(403);
    expect((await jobs.ask('PUT', 'archive-schedule', { ...asked, at: '24:00' })).status).toBe(400);
    expect((await jobs.ask('PUT', 'archive-schedule', asked)).status).toBe(200);
    const scheduled = async (): Promise<JobAnswer[]> => {
      const { body } = await jobs.ask('GET', 'archive-jobs');
      const { jobs: list } = JSON.parse(body.toString()) as { jobs: JobAnswer[] };
      return list.filter(({ scheduledFor }) => scheduledFor !== undefined);
    };
    expect(await scheduled()).toEqual([]);

    // As if no gateway had run since.
    const day = (before: number): string => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10);
    await withClusterStore(cluster.ready.dataDir, {}, async ({ archiveJobs }) => {
      const schedule = (await archiveJobs.schedule(cluster.ready.contactCenter))!;
      await archiveJobs.removeSchedule(cluster.ready.contactCenter);
      await archiveJobs.putSchedule({ ...schedule, lastDay: day(2) });
    });
    const isDone = (made: readonly JobAnswer[]): boolean =>
      made.length === 2 && made.every(({ state }) => state === 'done');
    const made = await answerOf('the archives of two days', scheduled, isDone);
    expect(made.map(({ scheduledFor }) => scheduledFor).sort()).toEqual([day(1), day(0)]);
    expect(made[0]!.counts.recordings).toBeGreaterThanOrEqual(recordings.length);
    const shown = JSON.parse((await jobs.ask('GET', 'archive-schedule')).body.toString()) as object;
    expect(shown).toMatchObject({ at: '00:00', age, reason: 'daily', lastDay: day(0) });
    expect((await jobs.ask('DELETE', 'archive-schedule')).status).toBe(204);
    expect((await jobs.ask('DELETE', 'archive-schedule')).status).toBe(404);
  });
});

describe('rcsctl archive', () => {
  const run = (...args: readonly string[]) => {
    const { gateway, caFile, commandLine } = cluster.ready;
    const { name, password } = personOf(cluster.ready, 'alice');
    const file = client.write('password', Buffer.from(password));
    const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', file, '--json'];
    return rcsctl(commandLine ?? join(cluster.ready.dataDir, 'application.yaml'), 'archive', ...args, ...access);
  };

  it('begins, shows and ends jobs, and sets a schedule', async () => {
    const where = ['--to-storage', jobs.folder, '--part-recordings', '2', '--reason', 'from the command line'];
    const begun = await run('create', ...where, '--recording', ...recordings);
    expect([begun.status, begun.stderr]).toEqual([0, '']);
    const { id } = JSON.parse(begun.stdout) as { id: string };
    await jobs.ended(id);
    const shown = JSON.parse((await run('jobs', 'show', id)).stdout) as JobAnswer;
    expect([shown.state, shown.parts.map(part => part.recordings)]).toEqual(['done', [2, 2, 1]]);
    expect((await run('jobs', 'list')).stdout).toContain(id);
    expect(await run('jobs', 'cancel', id)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('done') as string,
    });

    const set = await run('schedule', 'set', '--at', '04:30', '--to-storage', jobs.folder, '--reason', 'daily');
    expect(JSON.parse(set.stdout)).toMatchObject({ at: '04:30', age: { minimumDays: 0, maximumDays: 1 } });
    expect(JSON.parse((await run('schedule', 'show')).stdout)).toMatchObject({ at: '04:30', reason: 'daily' });
    expect((await run('schedule', 'remove')).status).toBe(0);
    expect((await run('create', '--reason', 'nowhere', '--recording', 'r')).status).not.toBe(0);
  });
});
