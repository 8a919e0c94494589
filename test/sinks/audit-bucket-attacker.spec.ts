import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { stringify } from 'yaml';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { startCluster } from '#test/cluster/running-cluster.js';
import { VersityServer } from '#test/s3/versity-server.js';
import { rcsctl } from '../e2e/command-line.js';
import { CurlClient } from '../e2e/curl-client.js';

/** Building the server takes minutes. */
jest.setTimeout(900_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-bucket-attacker-'));
const store = join(work, 'data', 'store');
let server: VersityServer;
let caFile: string;

beforeAll(async () => {
  const authority = await InternalAuthority.create();
  server = await VersityServer.start(join(work, 'server'), await authority.issue('key-vault'));
  await server.createBucket('checkpoints');
  const s3 = server.settings('checkpoints');
  writeFileSync(join(work, 'auditor.yaml'), stringify({ audit: { s3 } }));
  const cluster = await startCluster(repository, join(work, 'data'), {
    RCS_AUDIT__CHECKPOINT_INTERVAL_MS: '200',
    RCS_AUDIT__S3: JSON.stringify(s3),
  });
  const listener = new CurlClient(cluster, work);
  for (let play = 0; play < 3; play++) {
    expect((await listener.play(cluster.ready.recordings[0]?.playPath ?? '')).status).toBe(200);
    await delay(300);
  }
  caFile = join(work, 'ca.pem');
  writeFileSync(caFile, readFileSync(cluster.ready.caFile));
  await cluster.stop();
});

afterAll(async () => {
  await server?.end();
  rmSync(work, { recursive: true, force: true });
});

async function verify(...options: string[]) {
  const command = ['audit', 'verify', '--json', '--store', store, '--ca', caFile, ...options];
  const { status, stdout } = await rcsctl(join(work, 'auditor.yaml'), ...command);
  const { problems, checkpoints } = JSON.parse(stdout) as {
    problems: { kind: string }[];
    checkpoints: { compared: number; problems: { kind: string }[] };
  };
  const kinds = [...problems, ...checkpoints.problems].map(({ kind }) => kind);
  return { status, compared: checkpoints.compared, kinds: new Set(kinds) };
}

/** All that whoever writes the store can delete. */
function deleteEverything(): void {
  const database = new Database(join(store, 'audit.sqlite'));
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[];
  for (const trigger of triggers) database.exec(`DROP TRIGGER ${trigger}`);
  for (const table of ['audit_record', 'audit_checkpoint']) database.exec(`DELETE FROM ${table}`);
  database.close();
  writeFileSync(join(store, 'audit-checkpoints.jsonl'), '');
}

it('everything that a writer of the store can delete is deleted, and the bucket proves that it was there', async () => {
  const untouched = await verify('--s3');
  expect(untouched).toMatchObject({ status: 0, kinds: new Set() });
  expect(untouched.compared).toBeGreaterThan(2);

  deleteEverything();
  // The bucket is hidden as far as its credentials go: each object gets a marker of deletion.
  const client = server.client();
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: 'checkpoints' }));
  expect(Versions.length).toBe(untouched.compared);
  for (const { Key, VersionId } of Versions) {
    await expect(client.send(new DeleteObjectCommand({ Bucket: 'checkpoints', Key, VersionId }))).rejects.toMatchObject(
      { name: 'AccessDenied' },
    );
    await client.send(new DeleteObjectCommand({ Bucket: 'checkpoints', Key })).catch(() => undefined);
  }

  expect((await verify()).kinds).toEqual(new Set(['none']));
  const found = await verify('--s3');
  expect([found.status, found.compared]).toEqual([1, untouched.compared]);
  expect([...found.kinds]).toEqual(expect.arrayContaining(['vanished', 'not-in-store']));
});
