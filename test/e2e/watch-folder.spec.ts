import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { within } from '#test/waiting/within.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { CertificateAdministrator, bodyOf } from './certificate-administrator.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-watch-folder-'));
const spool = join(work, 'spool');
const files = 12;
let cluster: RunningCluster;
let admin: CertificateAdministrator;
let curlClient: CurlClient;
let watching: string[];

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  admin = new CertificateAdministrator(cluster, work);
  curlClient = new CurlClient(cluster, work);
  mkdirSync(spool);
  const { caFile, dataDir, ops, webdav, contactCenter, certificates, gateway } = cluster.ready;
  await admin.certificates('assign', certificates[0]!.alias, '--ivr-profile', 'watched');
  writeFileSync(join(work, 'webdav.password'), webdav.password);
  watching = [
    ...['record', '--watch', spool, '--ivr-profile', 'watched', '--once', '--settle', '0', '--json'],
    ...['--move-to', join(work, 'done'), '--gateway', gateway, '--ca', caFile, '--contact-center', contactCenter],
    ...['--ops-user', ops.name, '--ops-password-file', join(work, 'ops.password'), '--webdav', webdav.url],
    ...['--webdav-user', webdav.user, '--webdav-password-file', join(work, 'webdav.password')],
    ...(webdav.folder === undefined ? [] : ['--directory', webdav.folder]),
    ...['--config', join(dataDir, 'application.yaml')],
  ];
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const media = (number: number): Buffer =>
  Buffer.from(`RIFF\x24\x00\x00\x00WAVEfmt the whole of call ${number}`, 'latin1');
const put = (number: number): void => {
  const path = join(spool, `in-1000-+493012${number}-20201026-091500-16037037${String(number).padStart(2, '0')}.1.wav`);
  writeFileSync(path, media(number));
  utimesSync(path, new Date('2020-10-26T09:16:00Z'), new Date('2020-10-26T09:16:00Z'));
};

/** Runs it, and kills it after a while; answers its lines. */
async function killedAfter(ms: number): Promise<void> {
  const child = spawn(...endingWithUs(process.execPath, [join(repository, 'dist/apps/rcsctl/main.js'), ...watching]));
  const ended = within('its end', once(child, 'exit'));
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  await ended;
  clearTimeout(timer);
}

it('records every file of a spool once, however often it is killed, and each plays', async () => {
  for (let number = 0; number < files; number++) put(number);
  for (const ms of [1500, 1900, 2300, 2700]) await killedAfter(ms);
  const { status, stderr } = await rcsctl(repository, cluster.ready.dataDir, watching);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(readdirSync(spool)).toEqual([]);
  expect(readdirSync(join(work, 'done'))).toHaveLength(files);
  const page = bodyOf<{ recordings: { mediaFiles: { playPath: string }[] }[] }>(
    await admin.send('/api/v2/recordings?dialedPhoneNumber=1000&limit=100'),
  );
  expect(page.recordings).toHaveLength(files);
  const heard = await Promise.all(
    page.recordings.map(async ({ mediaFiles }) =>
      (await curlClient.play(mediaFiles[0]!.playPath)).body.toString('latin1'),
    ),
  );
  const sent = Array.from({ length: files }, (_, number) => media(number).toString('latin1'));
  expect(heard.sort()).toEqual(sent.sort());
});

it('sets a file aside that cannot be recorded, with the reason', async () => {
  writeFileSync(join(spool, 'empty.wav'), '');
  const { status, stdout } = await rcsctl(repository, cluster.ready.dataDir, watching);
  expect(status).toBe(0);
  expect(stdout).toContain('"event":"set-aside"');
  expect(existsSync(join(spool, '.aside/empty.wav.error.txt'))).toBe(true);
});
