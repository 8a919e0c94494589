import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditCheckpointSigner, digestOfHeads, type AuditCheckpointNote } from '#grants';
import type { AuditLog } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { judgeCheckpoints } from './judge-checkpoints.js';
import { readCheckpoints } from './read-checkpoints.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-read-checkpoints-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const minute = 60_000;
const [file, caFile] = [join(work, 'checkpoints.jsonl'), join(work, 'ca.pem')];
const lineOf = ({ content: { number }, note }: AuditCheckpointNote): string =>
  `${JSON.stringify({ number, checkpoint: note })}\n`;

/** Two that a gateway signs, one after the other. */
async function signedBy(authority: InternalAuthority, validity: { notBefore: Date; notAfter: Date }) {
  const signer = new AuditCheckpointSigner(await authority.issue('playback-gateway', validity));
  const now = Date.now();
  const common = {
    writer: 'a',
    size: 0,
    root: '0'.repeat(64),
    time: new Date(now).toISOString(),
    next: new Date(now + minute).toISOString(),
    writers: 0,
    headsDigest: digestOfHeads([]),
    heads: [],
  };
  const first = signer.sign({ ...common, number: 1, state: 'opened' });
  return [first, signer.sign({ ...common, number: 2, state: 'running', previous: first.digest })] as const;
}

describe(readCheckpoints.name, () => {
  it('misses nothing that a gateway signs while it reads', async () => {
    const validity = { notBefore: new Date(Date.now() - minute), notAfter: new Date(Date.now() + 60 * minute) };
    const authority = await InternalAuthority.create(validity);
    writeFileSync(caFile, authority.caPem);
    const [first, second] = await signedBy(authority, validity);
    writeFileSync(file, lineOf(first));
    const audit: Pick<AuditLog, 'checkpoints'> = {
      async *checkpoints() {
        yield await Promise.resolve({ number: 1, writer: 'a', digest: first.digest, note: first.note });
        // The store was read: the next one comes into it, and then into the file.
        appendFileSync(file, lineOf(second));
      },
    };
    const places = { audit: audit as AuditLog, caFile, files: [file], witnesses: [], bucket: undefined };
    const found = await readCheckpoints(places);
    expect((await judgeCheckpoints(found, Date.now())).problems).toEqual([]);
  });

  it('takes what was signed before the authority was exchanged by the former one, and says that it needs it', async () => {
    const validity = { notBefore: new Date(Date.now() - minute), notAfter: new Date(Date.now() + 60 * minute) };
    const [former, present] = [await InternalAuthority.create(validity), await InternalAuthority.create(validity)];
    const [first] = await signedBy(former, validity);
    writeFileSync(file, lineOf(first));
    const audit: Pick<AuditLog, 'checkpoints'> = { async *checkpoints() {} };
    const places = { audit: audit as AuditLog, caFile, files: [file], witnesses: [], bucket: undefined };
    writeFileSync(caFile, present.caPem);
    const refused = (await readCheckpoints(places)).refused.findings;
    expect(refused).toEqual([expect.objectContaining({ reason: expect.stringContaining('--ca') as string })]);
    writeFileSync(caFile, Buffer.concat([present.caPem, former.caPem]));
    expect((await readCheckpoints(places)).refused.count).toBe(0);
  });
});
