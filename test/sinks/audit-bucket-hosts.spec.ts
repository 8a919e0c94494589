import dns from 'node:dns';
import { mkdtempSync, rmSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpointBucket } from '#checkpoint-bucket';
import type { AuditS3Configuration } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { VersityServer } from '#test/s3/versity-server.js';

/** Building the server takes minutes. */
jest.setTimeout(900_000);

const domain = 's3.example.test';
const work = mkdtempSync(join(tmpdir(), 'rcs-bucket-hosts-'));
const looked = new Set<string>();
let server: VersityServer;

beforeAll(async () => {
  const authority = await InternalAuthority.create();
  // Not for all buckets: a bucket whose name the certificate lacks is somebody else's.
  const names = ['checkpoints', 'others'].map(bucket => ({ type: 'dns', value: `${bucket}.${domain}` }) as const);
  server = await VersityServer.start(join(work, 'server'), await authority.issue('key-vault', { names }), domain);
  for (const bucket of ['checkpoints', 'others', 'unnamed']) await server.createBucket(bucket);
  resolveToLoopback();
});
afterAll(async () => {
  jest.restoreAllMocks();
  await server?.end();
  rmSync(work, { recursive: true, force: true });
});

/** There is no name service of the tests: names below the domain are this machine, all others are asked for as ever. */
function resolveToLoopback(): void {
  const real = dns.lookup as unknown as LookupFunction;
  const lookup: LookupFunction = (name, options, done) => {
    if (!name.endsWith(domain)) return real(name, options, done);
    looked.add(name);
    if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  };
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);
}

const checkpoint = (number: number) => ({ number, digest: String(number).repeat(64), note: `note ${number}` });

async function textsIn(settings: AuditS3Configuration): Promise<string[]> {
  const bucket = openCheckpointBucket(settings);
  const texts: string[] = [];
  for await (const { text } of bucket.objects()) texts.push((JSON.parse(text) as { checkpoint: string }).checkpoint);
  bucket.close();
  return texts;
}

it('a bucket with a host of its own keeps checkpoints, and the others do not have them', async () => {
  const settings = server.virtualHostSettings('checkpoints');
  const bucket = openCheckpointBucket(settings);
  for (const number of [1, 2]) await bucket.keep(checkpoint(number));
  await bucket.keep(checkpoint(1));
  expect([await bucket.has(checkpoint(2)), await bucket.has(checkpoint(3))]).toEqual([true, false]);
  bucket.close();
  expect(await textsIn(settings)).toEqual(['note 1', 'note 2']);
  expect(await textsIn(server.settings('checkpoints'))).toEqual(['note 1', 'note 2']);
  expect(await textsIn(server.virtualHostSettings('others'))).toEqual([]);
  expect([...looked].sort()).toEqual([`checkpoints.${domain}`, `others.${domain}`]);
});

it('nothing goes to a host whose certificate is for another bucket', async () => {
  const bucket = openCheckpointBucket(server.virtualHostSettings('unnamed'));
  await expect(bucket.keep(checkpoint(1))).rejects.toThrow(/ERR_TLS_CERT_ALTNAME_INVALID/);
  bucket.close();
  expect(await textsIn(server.settings('unnamed'))).toEqual([]);
});
