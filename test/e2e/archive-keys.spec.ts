import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { ArchiveJobsClient, jobIn } from './archive-jobs-client.js';
import { bodyOf, CertificateAdministrator } from './certificate-administrator.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { KeptArchivesClient } from './kept-archives-client.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-archive-keys-'));
const contactCenter = randomUUID();
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(20_000)]);
/** How OpenSSL encrypts media files, as recorders do; `detached` has its envelope in the metadata. */
const forms: Readonly<Record<string, readonly string[]>> = {
  detached: ['-aes-256-cbc'],
  attached: ['-aes-128-cbc'],
  oaep: ['-keyopt', 'rsa_padding_mode:oaep', '-aes-256-cbc'],
  'key-identifier': ['-keyid', '-stream', '-aes-256-cbc'],
  gcm: ['-aes-256-gcm'],
};
let cluster: RunningCluster;
let client: CurlClient;
let admin: CertificateAdministrator;
let jobs: ArchiveJobsClient;
let kept: KeptArchivesClient;
let neighbour: {
  readonly client: CurlClient;
  readonly admin: CertificateAdministrator;
  readonly kept: KeptArchivesClient;
};

beforeAll(async () => {
  const data = join(work, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'contact-center'), contactCenter);
  for (const name of ['vaulted', 'external', 'twice']) await pairOf(name);
  const certificateFiles = [join(work, 'vaulted.pem'), join(work, 'external.pem')];
  const allowed = JSON.stringify([{ contactCenter, certificateFiles }]);
  cluster = await startCluster(repository, data, { RCS_KEY_VAULT__ARCHIVE_RECIPIENTS: allowed });
  client = new CurlClient(cluster, work);
  admin = new CertificateAdministrator(cluster, work);
  jobs = new ArchiveJobsClient(cluster, client);
  kept = new KeptArchivesClient(cluster, client);
  client.write('media', media);
  await client.put('plain', media);
  const theirs = mkdtempSync(join(work, 'neighbour-'));
  const own = { ...cluster, ready: await ownContactCenter(cluster.ready, theirs) };
  const theirClient = new CurlClient(own, theirs);
  const theirAdmin = new CertificateAdministrator(own, theirs);
  neighbour = { client: theirClient, admin: theirAdmin, kept: new KeptArchivesClient(own, theirClient) };
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function pairOf(name: string): Promise<void> {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/O=Archive/CN=${name}`];
  await openssl(...request, '-keyout', join(work, `${name}.key`), '-out', join(work, `${name}.pem`));
}

const uploaded = (name: string, who = admin) =>
  who.certificates(
    'upload',
    '--certificate',
    join(work, `${name}.pem`),
    '--key',
    join(work, `${name}.key`),
    '--alias',
    name,
  );
const configuration = (): string => join(cluster.ready.dataDir, 'rcsctl.yaml');
const dayBefore = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A recording in each form, of one day, that only this certificate opens. */
async function recorded(name: string, day: string, recipients = [name]): Promise<string[]> {
  await uploaded(name);
  const ids: string[] = [];
  for (const [form, options] of Object.entries(forms)) {
    const id = `${name}-${form}`;
    const files = ['-in', client.file('media'), '-outform', 'DER', '-out', client.file('whole.der')];
    const to = recipients.flatMap(recipient => ['-recip', join(work, `${recipient}.pem`), ...padding(options)]);
    await openssl('cms', '-encrypt', '-binary', ...files, ...cipher(options), ...to);
    const whole = readFileSync(client.file('whole.der'));
    const { envelope, ciphertext } =
      form === 'detached' ? splitEnvelope(whole) : { envelope: undefined, ciphertext: whole };
    await client.put(id, ciphertext);
    const detached = envelope === undefined ? {} : { pkcs7: envelope.toString('base64') };
    const file = { mediaId: id, mediaDescriptor: client.stored(id), ...detached };
    await client.inserted(id, file, { startTime: `${day}T08:00:00.000+0000` });
    ids.push(id);
  }
  return ids;
}

/** Options that belong to a recipient stand behind it. */
const padding = (options: readonly string[]): readonly string[] =>
  options[0] === '-keyopt' ? options.slice(0, 2) : [];
const cipher = (options: readonly string[]): readonly string[] =>
  options[0] === '-keyopt' ? options.slice(2) : options;

async function deleted(ids: readonly string[]): Promise<void> {
  const { gateway } = cluster.ready;
  for (const id of ids) {
    const url = `${gateway}/api/v2/ops/contact-centers/${contactCenter}/recordings/${id}`;
    expect((await curl(...client.asOps(), '--request', 'DELETE', url)).status).toBe(200);
  }
}

async function made(result: Promise<{ readonly status: number; readonly stderr: string }>): Promise<void> {
  const { status, stderr } = await result;
  expect([status, stderr]).toEqual([0, '']);
}

interface Wanted {
  readonly name: string;
  readonly ids: readonly string[];
  readonly day: string;
}
/** All ways to have an archive made. */
const ways: Readonly<Record<string, (wanted: Wanted) => Promise<unknown>>> = {
  'to the caller': async ({ ids }) => {
    const answer = await jobs.ask('POST', 'archives', { recordings: ids, reason: 'kept elsewhere' });
    expect(answer.status).toBe(200);
  },
  'by rcsctl, into a file': ({ name, ids }) =>
    made(
      rcsctl(
        ...([configuration(), 'archive', 'create', '--to', client.file(`${name}.zip`), '--reason', 'kept'] as const),
        ...['--recording', ...ids],
      ),
    ),
  'by rcsctl, of a day, into a directory': async ({ day }) => {
    const to = mkdtempSync(join(work, 'daily-'));
    const days = ['--from', day, '--until', day];
    await made(rcsctl(configuration(), 'archive', 'daily', '--to', to, '--reason', 'kept', ...days));
    expect(readdirSync(to)).toEqual([`archive-${day}.zip`]);
  },
  'by a job, into a storage': async ({ ids }) => {
    await jobs.ended(await jobs.begin({ recordings: ids }, { recordings: 100 }));
  },
  'by rcsctl, into a storage': async ({ ids }) => {
    const to = ['--to-storage', jobs.folder, '--reason', 'kept', '--json', '--recording', ...ids];
    const { stdout } = await rcsctl(configuration(), 'archive', 'create', ...to);
    await jobs.ended((JSON.parse(stdout) as { id: string }).id);
  },
  'by the schedule': async ({ day }) => {
    const at = new Date(Date.now() + 60_000).toISOString().slice(11, 16);
    const age = { minimumDays: Math.round((Date.parse(dayBefore(1)) - Date.parse(day)) / 86_400_000) };
    const asked = {
      at,
      reason: 'kept',
      age: { ...age, maximumDays: age.minimumDays + 1 },
      destination: { path: jobs.folder },
    };
    expect((await jobs.ask('PUT', 'archive-schedule', asked)).status).toBe(200);
    const list = async () =>
      bodyOf<{ jobs: { id: string; scheduledFor?: string }[] }>(await jobs.ask('GET', 'archive-jobs'));
    const ofSchedule = (answer: Awaited<ReturnType<typeof list>>) =>
      answer.jobs.find(job => job.scheduledFor !== undefined);
    const begun = await answerOf('the job of the day', list, answer => ofSchedule(answer) !== undefined, {
      patienceMs: 180_000,
    });
    await jobs.ended(ofSchedule(begun)!.id);
    expect((await jobs.ask('DELETE', 'archive-schedule')).status).toBe(204);
  },
};

const removal = (name: string, who = admin) => who.run('remove-key', name, '--confirm', name);

describe('the key of recordings that were archived and then deleted here', () => {
  it.each(Object.keys(ways))('stays, where the archive was made %s, until the archive is released', async way => {
    const number = Object.keys(ways).indexOf(way);
    const name = `way-${number}`;
    // Nobody else has recordings of that day.
    const day = dayBefore(number + 40);
    await pairOf(name);
    const ids = await recorded(name, day);
    await ways[way]!({ name, ids, day });
    const [archive, ...others] = await kept.list(name);
    expect(others).toEqual([]);
    expect(archive).toMatchObject({ state: 'whole', mediaFiles: Object.keys(forms).length });
    const { id } = archive!;
    expect(await admin.certificates('show', name)).toMatchObject({ archives: 1 });
    expect((await rcsctl(configuration(), 'certificates', 'show', name)).stdout).toMatch(/^archives +1$/m);

    await deleted(ids);
    expect((await admin.run('delete', name)).stderr).toContain(id);
    await admin.certificates('delete', name, '--force', name);
    for (const unplayable of [[], ['--unplayable', String(ids.length)]]) {
      const refused = await admin.run('remove-key', name, '--confirm', name, ...unplayable);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(id)]);
    }
    expect(await neighbour.kept.list()).toEqual([]);
    expect(await neighbour.kept.release(id)).toBe(404);
    expect(await kept.release(id, 'burnt', 'bob')).toBe(403);
    expect((await jobs.ask('POST', `kept-archives/${id}/release`, {})).status).toBe(400);
    expect((await removal(name)).stderr).toContain(id);

    const released = await rcsctl(configuration(), 'archive', 'kept', 'release', id, '--reason', 'burnt in the yard');
    expect([released.status, released.stderr]).toEqual([0, '']);
    expect(await kept.auditedRelease(id)).toContain('burnt in the yard');
    expect(await kept.list(name)).toEqual([]);
    expect(await admin.certificates('show', name)).toMatchObject({ archives: 0 });
    expect(await kept.release(id)).toBe(404);
    expect(await removal(name)).toMatchObject({ status: 0 });
  });

  it('is not needed where another key opens all of it, and is where that one has gone', async () => {
    await pairOf('both');
    await uploaded('twice');
    const ids = await recorded('both', dayBefore(20), ['both', 'twice']);
    await ways['to the caller']!({ name: 'both', ids, day: '' });
    const { id } = (await kept.list())[0]!;
    await deleted(ids);
    expect(await kept.list('both')).toEqual([]);
    expect(await admin.certificates('show', 'both')).toMatchObject({ archives: 0 });
    await admin.certificates('delete', 'both');
    expect(await removal('both')).toMatchObject({ status: 0 });
    expect((await admin.run('delete', 'twice')).stderr).toContain(id);
    expect((await kept.list('twice')).map(one => one.id)).toEqual([id]);
  });

  it('is not needed where the archive is for a recipient; the key of the recipient is, if it is here', async () => {
    await pairOf('wrapped');
    await uploaded('vaulted');
    const ids = await recorded('wrapped', dayBefore(21));
    await client.insertedFile('plain');
    const asked = { recordings: [...ids, 'plain'], reason: 'for the court', plainMedia: 'encrypt' };
    for (const recipient of ['vaulted', 'external']) {
      const recipientCertificate = readFileSync(join(work, `${recipient}.pem`), 'utf8');
      expect((await jobs.ask('POST', 'archives', { ...asked, recipientCertificate })).status).toBe(200);
    }
    await deleted(ids);
    expect(await kept.list('wrapped')).toEqual([]);
    await admin.certificates('delete', 'wrapped');
    expect(await removal('wrapped')).toMatchObject({ status: 0 });
    const [archive] = await kept.list('vaulted');
    expect(archive).toMatchObject({
      mediaFiles: ids.length + 1,
      recipient: { fingerprint: expect.any(String) as string },
    });
    expect((await admin.run('delete', 'vaulted')).stderr).toContain(archive!.id);
    const status = bodyOf<{ archives: object }>(await jobs.ask('GET', 'custody'));
    expect(status.archives).toMatchObject({ forRecipients: 2 * (ids.length + 1), keyMissing: 0 });
  });

  it('is that of the certificate for which plain media were encrypted', async () => {
    await pairOf('of-plain');
    await uploaded('of-plain');
    const asked = { recordings: ['plain'], reason: 'kept', encryptPlainFor: 'of-plain' };
    expect((await jobs.ask('POST', 'archives', asked)).status).toBe(200);
    expect(await kept.list('of-plain')).toMatchObject([{ mediaFiles: 1 }]);
  });

  it('is not given back by an erasure: who has the archive may still open the rest of it', async () => {
    await pairOf('erased');
    const ids = await recorded('erased', dayBefore(22));
    await ways['to the caller']!({ name: 'erased', ids, day: '' });
    expect((await jobs.ask('POST', 'erasures', { reason: 'asked for', recordings: ids })).status).toBeLessThan(300);
    expect(await kept.list('erased')).toMatchObject([{ mediaFiles: ids.length }]);
    await admin.certificates('delete', 'erased', '--force', 'erased');
    expect(await removal('erased')).toMatchObject({ status: 1 });
    const missing = async () =>
      bodyOf<{ archives: { keyMissing: number } }>(await jobs.ask('GET', 'custody')).archives.keyMissing;
    const before = await missing();
    await rcsctl(configuration(), 'keys', 'disable', 'erased');
    expect((await missing()) - before).toBe(ids.length);
    const report = await rcsctl(configuration(), 'custody', 'status');
    expect(report.stdout).toMatch(/Archives that were made here have \d+ encrypted media files/);
  });

  it('is nothing to a neighbour who has the very same certificate', async () => {
    await pairOf('shared');
    const ids = await recorded('shared', dayBefore(23));
    await ways['to the caller']!({ name: 'shared', ids, day: '' });
    const { key, pem } = { key: join(work, 'shared.key'), pem: join(work, 'shared.pem') };
    await neighbour.admin.certificates('upload', '--certificate', pem, '--key', key, '--alias', 'shared');
    expect(await neighbour.kept.list('shared')).toEqual([]);
    expect(await neighbour.admin.certificates('show', 'shared')).toMatchObject({ archives: 0 });
    await neighbour.admin.certificates('delete', 'shared');
    expect(await removal('shared', neighbour.admin)).toMatchObject({ status: 0 });
    expect(await kept.list('shared')).toMatchObject([{ mediaFiles: ids.length }]);
  });
});

describe('an archive that did not become one', () => {
  const large = async (name: string): Promise<string[]> => {
    await pairOf(name);
    await uploaded(name);
    const files = [
      '-in',
      client.write('large', randomBytes(24_000_000)),
      '-outform',
      'DER',
      '-out',
      client.file('whole.der'),
    ];
    await openssl('cms', '-encrypt', '-binary', '-aes-256-cbc', ...files, '-recip', join(work, `${name}.pem`));
    await client.put(name, readFileSync(client.file('whole.der')));
    await client.insertedFile(name);
    return [name];
  };
  /** Slowly: nothing of its end has left for some seconds. */
  const receiving = (name: string, ...options: readonly string[]) => {
    const request = client.write(`${name}.json`, Buffer.from(JSON.stringify({ recordings: [name], reason: 'x' })));
    const sent = ['--header', 'Content-Type: application/json', '--data-binary', `@${request}`];
    const slowly = ['--limit-rate', '1M', ...options];
    return curl(...client.asUser('alice'), ...sent, ...slowly, `${cluster.ready.gateway}/rcs/archives`);
  };

  it('needs its key while it is being made, and no more once it has broken off', async () => {
    await large('broken');
    const received = receiving('broken', '--max-time', '5');
    await waitFor('its key to be kept', async () =>
      (await kept.list('broken')).some(({ state }) => state === 'making'),
    );
    expect((await received).exitCode).not.toBe(0);
    await waitFor('it to need nothing', async () => (await kept.list('broken')).length === 0);
  });

  it('needs its key for a day where the gateway was killed, unless it is released', async () => {
    await large('killed');
    const received = receiving('killed');
    await waitFor('its key to be kept', async () => (await kept.list('killed')).length === 1);
    process.kill(processIdOf('playback-gateway', cluster.ready.dataDir), 'SIGKILL');
    expect((await received).exitCode).not.toBe(0);
    const there = await answerOf(
      'the gateway',
      () => jobs.ask('GET', 'kept-archives'),
      ({ status }) => status === 200,
    );
    expect(there.status).toBe(200);
    const [archive] = await kept.list('killed');
    expect(archive).toMatchObject({ state: 'making', mediaFiles: 1 });
    expect((await admin.run('delete', 'killed')).stderr).toContain(archive!.id);
    expect(await kept.release(archive!.id)).toBe(200);
    expect(await kept.list('killed')).toEqual([]);
  });

  it('breaks off where it is released while it is being made', async () => {
    await large('released');
    const received = receiving('released');
    const list = await answerOf(
      'its key to be kept',
      () => kept.list('released'),
      ({ length }) => length === 1,
    );
    expect(await kept.release(list[0]!.id)).toBe(200);
    expect((await received).exitCode).not.toBe(0);
    expect(await kept.list('released')).toEqual([]);
  });

  it('leaves nothing where a job made it anew after its gateway was killed', async () => {
    const [id] = await large('job');
    const job = await jobs.begin({ recordings: [id] }, { recordings: 1 });
    await waitFor('its key to be kept', async () => (await kept.list('job')).length > 0);
    process.kill(processIdOf('playback-gateway', cluster.ready.dataDir), 'SIGKILL');
    const asked = () => jobs.ask('GET', `archive-jobs/${job}`);
    const isDone = ({ status, body }: Awaited<ReturnType<typeof asked>>) =>
      status === 200 && jobIn({ body } as never).state === 'done';
    const { parts } = jobIn(await answerOf('the end of the job', asked, isDone, { patienceMs: 120_000 }));
    const list = await kept.list('job');
    expect(list).toMatchObject([{ state: 'whole', job: { id: job, part: 1 } }]);
    expect(parts).toMatchObject([{ archive: list[0]!.id }]);
  });
});
