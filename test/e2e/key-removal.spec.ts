import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { CertificateAdministrator } from './certificate-administrator.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-key-removal-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let admin: CertificateAdministrator;
let configuration: string;
let playPath: string;
let pair: string[];

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  admin = new CertificateAdministrator(cluster, work);
  configuration = cluster.ready.commandLine ?? '';
  const files = ['-keyout', admin.file('doomed.key'), '-out', admin.file('doomed.pem'), '-subj', '/CN=doomed'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...files);
  pair = ['--certificate', admin.file('doomed.pem'), '--key', admin.file('doomed.key')];
  await admin.certificates('upload', ...pair, '--alias', 'doomed');
  await admin.certificates('assign', 'doomed', '--ivr-profile', 'record');
  const call = admin.file('call.mp3');
  writeFileSync(call, randomBytes(60_000));
  playPath = await admin.record(call, '--ivr-profile', 'record');
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const plays = async (): Promise<string> => {
  const { status, body } = await curlClient.play(playPath);
  return status === 200 ? 'plays' : (JSON.parse(body.toString()) as { statusMessage: string }).statusMessage;
};
const keys = async (...args: string[]) => {
  const result = await rcsctl(configuration, 'keys', ...args);
  expect([result.status, result.stderr]).toEqual([0, '']);
  return result.stdout;
};

it('a key that is disabled at the vault plays nothing from the next request on, though its session was warm', async () => {
  expect(await plays()).toBe('plays');
  await keys('disable', 'doomed');
  expect(await plays()).toContain('disabled');
  const assigned = await admin.run('assign', 'doomed', '--ivr-profile', 'another');
  expect([assigned.status, assigned.stderr]).toEqual([1, expect.stringContaining('is disabled: restore it first')]);
  // A list may be some seconds old; a decision, as the one above, never is.
  const listed = await admin.certificates<{ certificates: object[] }>('list');
  expect(listed.certificates).toContainEqual(expect.objectContaining({ alias: 'doomed', status: 'key-disabled' }));
  await keys('enable', 'doomed');
  expect(await plays()).toBe('plays');
});

it('remove-key takes a key out of use at once, and restore-key brings it back', async () => {
  expect((await admin.run('remove-key', 'doomed', '--confirm', 'doomed')).stderr).toContain('delete the certificate');
  await admin.certificates('delete', 'doomed', '--force', 'doomed');
  expect(await plays()).toBe('plays');
  expect((await admin.run('remove-key', 'doomed', '--confirm', 'wrong')).stderr).toContain('1 recording');
  const removal = ['remove-key', 'doomed', '--confirm', 'doomed'] as const;
  expect((await admin.run(...removal)).stderr).toContain('(--unplayable 1)');
  expect((await admin.run(...removal, '--unplayable', '2')).stderr).toContain('(--unplayable 1)');
  expect(await plays()).toBe('plays');
  expect(await admin.certificates(...removal, '--unplayable', '1')).toMatchObject({ keyState: 'disabled' });
  expect(await plays()).toContain('disabled');
  const upload = await admin.run('upload', ...pair);
  expect([upload.status, upload.stderr]).toEqual([
    1,
    expect.stringContaining('the key doomed has been disabled since'),
  ]);
  expect(await admin.certificates('restore-key', 'doomed')).toEqual({ alias: 'doomed', keyState: 'present' });
  expect(await plays()).toBe('plays');
});
