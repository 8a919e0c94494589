import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { header, json } from './browser.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';

jest.setTimeout(180_000);

interface Proof {
  readonly record: Readonly<Record<string, unknown>> & { readonly sequence: number; readonly writer: string };
  readonly size: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-audit-proof-'));
const at = (name: string): string => join(work, name);
let cluster: RunningCluster;
let client: CurlClient;
/** The record of a playback by alice. */
let played: Proof['record'];

const audit = (query: string, ...as: string[]) => curl(...as, `${cluster.ready.gateway}/rcs/audit${query}`);
const proofOf = (sequence: number, ...as: string[]) =>
  audit(`/proof?writer=${played.writer}&sequence=${sequence}`, ...as);

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  client = new CurlClient(cluster, work);
  const id = header('X-Request-Id', 'proved-playback');
  expect((await client.play(cluster.ready.recordings[0]?.playPath ?? '', ...id)).status).toBe(200);
  const alice = personOf(cluster.ready, 'alice').name;
  const answer = json(await audit(`?user=${alice}&order=newest-first&limit=100`, ...client.asOps()));
  const found = (answer['records'] as Proof['record'][]).find(record => record['event'] === 'playback');
  if (found === undefined) throw new Error('the playback was not recorded');
  played = found;
  writeFileSync(at('ca.pem'), readFileSync(cluster.ready.caFile));
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function proved(): Promise<Proof> {
  const answer = await proofOf(played.sequence, ...client.asOps());
  expect(answer.status).toBe(200);
  return json(answer) as unknown as Proof;
}

const verify = (proof: unknown) => {
  writeFileSync(at('proof.json'), JSON.stringify(proof));
  return rcsctl(at('none.yaml'), 'audit', 'verify-proof', at('proof.json'), '--ca', at('ca.pem'));
};

describe('the proof of one record', () => {
  it('convinces somebody who has the internal authority and nothing else', async () => {
    const proof = await proved();
    expect(proof.record).toEqual(played);
    const result = await verify(proof);
    expect(result).toMatchObject({ status: 0, stdout: expect.stringContaining('is proved') as string });
  });

  it('convinces somebody who has openssl and SHA-256 and none of our code', async () => {
    const { record, size, path, checkpoint } = await proved();
    const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
    writeFileSync(at('text'), text);
    const der = Buffer.from(/^certificate (.*)$/m.exec(text)?.[1] ?? '', 'base64');
    writeFileSync(at('certificate.der'), der);
    await openssl('x509', '-inform', 'DER', '-in', at('certificate.der'), '-out', at('certificate.pem'));
    await openssl('verify', '-CAfile', at('ca.pem'), at('certificate.pem'));
    await openssl('x509', '-in', at('certificate.pem'), '-noout', '-pubkey', '-out', at('key.pem'));
    writeFileSync(at('signature'), Buffer.from(checkpoint.trimEnd().split(' ').at(-1) ?? '', 'base64').subarray(4));
    await openssl('dgst', '-sha256', '-verify', at('key.pem'), '-signature', at('signature'), at('text'));

    const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    let [index, last] = [record.sequence, size - 1];
    let node = sha256(Buffer.of(0), Buffer.from(String(record['hash']), 'hex'));
    for (const sibling of path.map(hex => Buffer.from(hex, 'hex'))) {
      if (index % 2 === 1 || index === last) {
        node = sha256(Buffer.of(1), sibling, node);
        while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
      } else node = sha256(Buffer.of(1), node, sibling);
      [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    }
    expect(text).toMatch(new RegExp(`^head ${record.writer} ${size} [0-9a-f]{64} ${node.toString('hex')}$`, 'm'));
  });

  it('convinces nobody after any change', async () => {
    const proof = await proved();
    const { record, path, checkpoint } = proof;
    for (const lie of [
      { ...proof, record: { ...record, user: 'carol' } },
      { ...proof, record: { ...record, outcome: 'refused' } },
      { ...proof, record: { ...record, note: 'more' } },
      { ...proof, record: { ...record, sequence: record.sequence + 1 } },
      { ...proof, size: proof.size + 1 },
      { ...proof, path: path.slice(1) },
      { ...proof, path: [...path].reverse() },
      { ...proof, checkpoint: checkpoint.replace(/^state .*$/m, 'state closed') },
    ]) {
      if (JSON.stringify(lie) === JSON.stringify(proof)) continue;
      expect(await verify(lie)).toMatchObject({ status: 1 });
    }
  });

  it('is there for whoever may read the record', async () => {
    expect((await proofOf(played.sequence, ...client.asUser('alice'))).status).toBe(200);
    expect((await proofOf(0, ...client.asUser('alice'))).status).toBe(404);
    expect((await proofOf(0, ...client.asOps())).status).toBe(200);
    expect((await proofOf(1_000_000, ...client.asOps())).status).toBe(404);
    expect((await proofOf(played.sequence, ...client.asUser('carol'))).status).toBe(403);
    expect((await audit('/proof?writer=x&sequence=-1', ...client.asOps())).status).toBe(400);
  });

  it('comes from the store as well', async () => {
    await proved();
    const store = join(cluster.ready.dataDir, 'store');
    const options = ['--store', store, '--ca', at('ca.pem')];
    const result = await rcsctl(at('none.yaml'), 'audit', 'prove', played.writer, String(played.sequence), ...options);
    expect(result.status).toBe(0);
    expect(await verify(JSON.parse(result.stdout))).toMatchObject({ status: 0 });
  });
});
