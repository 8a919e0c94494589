import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyArchive } from '#archive';
import { isReady, metricsOf } from '#test/cluster/management-page.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { bytesOf } from '#test/archives/made-archives.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-archive-resilience-'));
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(40_000_000)]);
const recipient = join(work, 'recipient.pem');
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  const [contactCenter, data] = [randomUUID(), join(work, 'data')];
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'contact-center'), contactCenter);
  const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=recipient'];
  await openssl(...certificate, '-keyout', join(work, 'recipient.key'), '-out', recipient);
  const allowed = JSON.stringify([{ contactCenter, certificateFiles: [recipient] }]);
  cluster = await startCluster(join(__dirname, '../..'), data, { RCS_KEY_VAULT__ARCHIVE_RECIPIENTS: allowed });
  client = new CurlClient(cluster, work);
  const files = ['-in', client.write('plain', media), '-out', client.file('cms')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', client.certificateFile);
  await client.put('long.bin', readFileSync(client.file('cms')));
  await client.insertedFile('long.bin');
});
beforeEach(async () => {
  // Who was killed before is there again: an archive goes on with another worker only where there is one.
  for (const worker of cluster.ready.management.workers) await waitFor(`${worker} to be ready`, () => isReady(worker));
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

interface Received {
  readonly complete: boolean;
  readonly archive: Buffer;
}

/** Asks for an archive of the recording, and takes no more of it at half until `atHalf` is done. */
function receive(atHalf: () => Promise<void> | void, more: object = {}): Promise<Received> {
  const { gateway, caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const options = { method: 'POST', ca: readFileSync(caFile), auth: `${name}:${password}` };
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(`${gateway}/rcs/archives`, { ...options, headers }, response => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      let halfway = false;
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (halfway || bytes < media.length / 2) return;
        halfway = true;
        response.pause();
        Promise.resolve(atHalf()).then(() => response.resume(), reject);
      });
      response.on('error', () => undefined);
      response.on('close', () => resolve({ complete: response.complete, archive: Buffer.concat(pieces) }));
    });
    asked.on('error', reject);
    const recordings = [client.recordingId('long.bin')];
    asked.end(JSON.stringify({ recordings, reason: 'to be disturbed', ...more }));
  });
}

const kill = (service: string, signal: NodeJS.Signals = 'SIGKILL'): unknown =>
  process.kill(processIdOf(service, cluster.ready.dataDir), signal);

const verified = ({ archive }: Received) =>
  verifyArchive(
    bytesOf(archive),
    [new X509Certificate(readFileSync(cluster.ready.caFile))],
    new AbortController().signal,
  );

/** The worker that is sending now, by its own metrics. */
async function busyWorker(): Promise<number> {
  for (const [index, url] of cluster.ready.management.workers.entries()) {
    const metrics = await metricsOf(url).catch(() => '');
    if (/^rcs_worker_active_streams\{[^}]*\} [1-9]/m.test(metrics)) return index + 1;
  }
  throw new Error('no worker is busy');
}

it('an archive goes on with another worker, from the very byte, when its worker is killed', async () => {
  const received = await receive(async () => void kill(`decrypt-worker-${await busyWorker()}`));
  expect(received.complete).toBe(true);
  expect((await verified(received)).manifest).toMatchObject({ mediaFiles: 1, leftOut: [] });
});

it('an archive for a recipient goes on likewise, behind the envelope that it began with, and opens with the key of that', async () => {
  const more = { recipientCertificate: readFileSync(recipient, 'utf8') };
  const received = await receive(async () => void kill(`decrypt-worker-${await busyWorker()}`), more);
  expect(received.complete).toBe(true);
  const { manifest, members } = await verified(received);
  expect(manifest).toMatchObject({ mediaFiles: 1, leftOut: [], recipient: { rewrapped: 1 } });
  const { contentOffset, length } = members.find(({ name }) => name.endsWith('.bin'))!;
  const file = client.write('archived.bin', received.archive.subarray(contentOffset, contentOffset + length));
  const out = client.file('opened');
  await openssl(
    'smime',
    '-decrypt',
    '-inform',
    'DER',
    '-in',
    file,
    '-inkey',
    client.file('recipient.key'),
    '-out',
    out,
  );
  expect(readFileSync(out).equals(media)).toBe(true);
});

it('an archive breaks off, and is none, when no vault can say that it left', async () => {
  const supervisor = Number(readFileSync(join(cluster.ready.dataDir, 'quickstart.pid'), 'utf8'));
  // Who stands still starts nothing again.
  process.kill(supervisor, 'SIGSTOP');
  try {
    const received = await receive(() => void kill('key-vault'));
    expect(received.complete).toBe(false);
    await expect(verified(received)).rejects.toThrow('it does not end like a whole archive');
  } finally {
    process.kill(supervisor, 'SIGCONT');
  }
});
