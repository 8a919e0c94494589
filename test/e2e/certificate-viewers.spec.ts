import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { bodyOf, CertificateAdministrator } from './certificate-administrator.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-certificate-viewers-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let admin: CertificateAdministrator;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  admin = new CertificateAdministrator(cluster, work);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const as = (name: string, path: string, ...options: string[]): Promise<CurlAnswer> =>
  curl(...curlClient.asUser(name), ...options, `${cluster.ready.gateway}${path}`);

describe('who may decrypt recordings, and administers no certificates', () => {
  it('sees the certificates of the contact center, and nothing of their administration', async () => {
    const { alias } = cluster.ready.certificates[0]!;
    const { certificates } = bodyOf<{ certificates: Record<string, unknown>[] }>(await as('bob', '/rcs/certificates'));
    const own = bodyOf<{ certificates: { alias: string }[] }>(await admin.send('/rcs/certificates')).certificates;
    expect(certificates.map(one => one['alias'])).toEqual(own.map(one => one.alias));
    const details = bodyOf(await as('bob', `/rcs/certificates/${encodeURIComponent(alias)}`));
    expect(details).toMatchObject({ alias, certificate: expect.stringContaining('BEGIN CERTIFICATE') as string });
    for (const seen of [...certificates, details]) {
      expect(seen['keyDetails']).toEqual({ algorithm: 'RSA', size: expect.any(Number) as number, presence: 'present' });
      for (const hidden of ['recordings', 'archives', 'createdAt', 'createdBy', 'deployedTo'])
        expect(seen).not.toHaveProperty(hidden);
    }
  });

  it('does nothing else with them', async () => {
    const { alias } = cluster.ready.certificates[0]!;
    for (const path of [
      '/rcs/certificates?deleted=true',
      '/rcs/certificates?sort=createdAt',
      '/rcs/keys',
      '/rcs/ivr-profiles',
    ]) {
      expect((await as('bob', path)).status).toBe(403);
    }
    expect((await as('bob', `/rcs/certificates/${encodeURIComponent(alias)}`, '--request', 'DELETE')).status).toBe(403);
    expect((await as('bob', '/rcs/certificates/of-nobody')).status).toBe(404);
  });

  it('is who is told so: nobody without the privilege sees them', async () => {
    expect((await curl(...curlClient.asRecorder(), `${cluster.ready.gateway}/rcs/certificates`)).status).toBe(403);
    expect((await curl(...curlClient.asOps(), `${cluster.ready.gateway}/rcs/certificates`)).status).toBe(403);
  });
});

describe('an upload that assigns', () => {
  it('stores and assigns in one act, answers Key and Alias, and leaves what was assigned', async () => {
    for (const name of ['first', 'second']) {
      const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', join(work, `${name}.key`)];
      await openssl('req', '-x509', ...key, '-out', join(work, `${name}.pem`), '-days', '30', '-subj', `/CN=${name}`);
    }
    const answer = await admin.upload('first.pem', 'first.key', 'alias=first', 'assignTo=hosted');
    expect(answer.status).toBe(201);
    expect(bodyOf(answer)).toMatchObject({
      alias: 'first',
      key: expect.stringMatching(/^[0-9a-f]{40}$/),
      deployedCount: 1,
    });
    const files = ['--certificate', join(work, 'second.pem'), '--key', join(work, 'second.key')];
    expect(await admin.certificates('upload', ...files, '--alias', 'second', '--assign', 'hosted')).toMatchObject({
      alias: 'second',
      outcome: 'created',
    });
    const assigned = bodyOf(await admin.send('/rcs/ivr-profiles/hosted/certificates'));
    expect(assigned).toMatchObject({ aliases: ['first', 'second'], encrypted: true });
    const events = bodyOf<{ records: { event: string }[] }>(await admin.send('/rcs/audit?order=newest-first&limit=20'));
    expect(events.records.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['certificate-uploaded', 'certificates-assigned']),
    );
  });

  it('assigns nothing that may not encrypt', async () => {
    const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', join(work, 'old.key')];
    await openssl('req', '-x509', ...key, '-out', join(work, 'old.pem'), '-days', '30', '-subj', '/CN=old');
    expect((await admin.upload('old.pem', 'old.key', 'alias=old', 'decryptOnly=true')).status).toBe(201);
    expect((await admin.upload('old.pem', 'old.key', 'assignTo=hosted')).status).toBe(422);
    expect((await admin.upload('first.pem', 'first.key', 'decryptOnly=true', 'assignTo=hosted')).status).toBe(400);
    const assigned = bodyOf(await admin.send('/rcs/ivr-profiles/hosted/certificates'));
    expect(assigned).toMatchObject({ aliases: ['first', 'second'] });
  });
});
