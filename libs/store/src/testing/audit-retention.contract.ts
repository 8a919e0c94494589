import { ArchiveGrowth } from '../audit/archive-growth.js';
import type { AuditLog } from '../audit/audit-log.js';
import { provenRoot } from '../audit/audit-proof.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { ArchivablePart, ArchivedChain } from '../audit/audit-retention.js';
import type { StoredAuditRecord } from '../audit/stored-audit-record.js';
import { collect } from './collect.js';

const login: AuditEntry = { event: 'login', outcome: 'done', user: 'anthony' };
const archived: AuditEntry = { event: 'audit-archived', outcome: 'done' };
const always = '9999-01-01T00:00:00.000Z';

async function filled(log: AuditLog, size: number): Promise<void> {
  await Promise.all(Array.from({ length: size - 1 }, () => log.append(login)));
}

/** What lies in the archives of a log when these parts are added. */
async function copied(
  log: AuditLog,
  parts: readonly ArchivablePart[],
): Promise<{ records: StoredAuditRecord[]; chains: readonly ArchivedChain[]; number: number }> {
  const before = (await collect(log.archives())).at(-1);
  const growth = new ArchiveGrowth(before?.chains ?? []);
  const records = await collect(log.stored(parts));
  for (const record of records) growth.accept(record);
  return { records, chains: growth.result(), number: (before?.number ?? 0) + 1 };
}

async function archive(log: AuditLog, parts: readonly ArchivablePart[]) {
  const copy = await copied(log, parts);
  expect(await log.seal({ ...copy, seal: `seal ${copy.number}` }, archived)).toBe(true);
  await log.removeArchived();
  return copy;
}

async function* those<T>(values: readonly T[]): AsyncIterable<T> {
  for (const value of values) yield await Promise.resolve(value);
}

const vouched = async (log: AuditLog) =>
  (await log.heads()).map(({ writer, size, hash, root }) => ({ writer, sequence: size - 1, hash, root, time: '' }));

/** How records leave an AuditLog; `open` as in its contract. */
export function auditRetentionContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('retention', () => {
    it('can archive what is older than a time, and never the last record of a chain', async () => {
      const log = await open('gateway-1');
      expect([await log.archivable(always), await log.oldestArchivable()]).toEqual([[], undefined]);
      await filled(log, 10);
      const [first] = await collect(log.query());
      expect(await log.archivable(always)).toEqual([{ writer: 'gateway-1', from: 0, size: 9 }]);
      expect(await log.archivable(first?.time ?? '')).toEqual([]);
      expect(await log.oldestArchivable()).toBe(first?.time);
      await expect(log.archivable('yesterday')).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    });

    it.each([2, 3, 255, 256, 257, 300, 600])('goes on after %d records were archived and removed', async size => {
      const log = await open('gateway-1');
      await filled(log, 601);
      const whole = await vouched(log);
      const { records } = await archive(log, [{ writer: 'gateway-1', from: 0, size }]);
      expect(await log.hasArchived()).toBe(false);
      expect(records).toHaveLength(size);
      expect(await collect(log.query())).toHaveLength(601 - size + 1);
      expect((await log.verify(whole)).problems).toEqual([]);
      await filled(log, 600);
      const later = await open('gateway-2');
      expect((await later.verify([...whole, ...(await vouched(later))])).problems).toEqual([]);
      const all = { chains: [], records: those(records) };
      expect(await later.verify([...whole, ...(await vouched(later))], all)).toMatchObject({
        records: 1201,
        problems: [],
      });
      const [head] = await later.heads();
      for (const sequence of [size, 600, 1000]) {
        const proof = await later.prove('gateway-1', sequence, head?.size ?? 0);
        expect(proof === undefined ? '' : provenRoot(proof)).toBe(head?.root);
      }
      expect(await later.prove('gateway-1', size - 1, head?.size ?? 0)).toBeUndefined();
    });

    it('archives on from where the last archive ended', async () => {
      const [first, second] = [await open('gateway-1'), await open('gateway-2')];
      await filled(first, 20);
      await archive(first, [{ writer: 'gateway-1', from: 0, size: 5 }]);
      await filled(second, 20);
      const parts = await first.archivable(always);
      expect(parts).toEqual([
        { writer: 'gateway-1', from: 5, size: 20 },
        { writer: 'gateway-2', from: 0, size: 19 },
      ]);
      await archive(first, parts);
      expect((await collect(second.archives())).map(({ number, seal }) => [number, seal])).toEqual([
        [1, 'seal 1'],
        [2, 'seal 2'],
      ]);
      expect(await second.append(login)).toMatchObject({ sequence: 20 });
      expect((await second.verify(await vouched(second))).problems).toEqual([]);
      expect((await collect(second.query())).map(({ event }) => event)).toContain('audit-archived');
    });

    it('refuses an archive that does not continue those before it', async () => {
      const log = await open('gateway-1');
      await filled(log, 20);
      const copy = await copied(log, [{ writer: 'gateway-1', from: 0, size: 10 }]);
      const [chain] = copy.chains;
      if (chain === undefined) throw new Error('nothing was copied');
      const seal = (change: Partial<ArchivedChain>) =>
        log.seal({ number: 1, seal: '', chains: [{ ...chain, ...change }] }, archived);
      for (const change of [{ hash: 'f'.repeat(64) }, { size: 20 }, { size: 0 }, { writer: 'gateway-2' }]) {
        await expect(seal(change)).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
      }
      expect(await log.seal({ number: 2, seal: '', chains: copy.chains }, archived)).toBe(false);
      expect(await seal({})).toBe(true);
      await expect(log.seal({ number: 2, seal: '', chains: [] }, archived)).rejects.toMatchObject({
        code: 'RCS_INVALID_VALUE',
      });
      expect(await log.seal({ number: 1, seal: '', chains: copy.chains }, archived)).toBe(false);
    });

    it('is sound while records are removed, and can be told to go on', async () => {
      const log = await open('gateway-1');
      await filled(log, 1700);
      const checkpoints = await vouched(log);
      const copy = await copied(log, await log.archivable(always));
      await log.seal({ ...copy, seal: '' }, archived);
      expect(await log.hasArchived()).toBe(true);
      const [removing, during] = [log.removeArchived(), log.verify(checkpoints)];
      expect((await during).problems).toEqual([]);
      expect((await log.verify(checkpoints, { ...copy, records: those(copy.records) })).problems).toEqual([]);
      await removing;
      expect(await log.hasArchived()).toBe(false);
      expect((await log.verify(checkpoints)).problems).toEqual([]);
    });

    it('finds what an archive, or the store after it, lacks', async () => {
      const log = await open('gateway-1');
      await filled(log, 20);
      const before = await vouched(log);
      const { chains, records } = await archive(log, [{ writer: 'gateway-1', from: 0, size: 10 }]);
      const kinds = async (given: Parameters<AuditLog['verify']>[1]) =>
        (await log.verify(before, given)).problems.map(({ kind, sequence }) => [kind, sequence]);
      expect(await kinds({ chains })).toEqual([]);
      expect(await kinds({ chains: [] })).toEqual([['missing', 0]]);
      expect(await kinds({ chains, records: those(records.toSpliced(4, 1)) })).toEqual([['missing', 4]]);
      expect(await kinds({ chains: chains.map(chain => ({ ...chain, size: 9 })) })).toContainEqual(['missing', 0]);
      const forged = chains.map(chain => ({ ...chain, hash: 'f'.repeat(64) }));
      expect(await kinds({ chains: forged })).toEqual([['broken-link', 10]]);
      const otherTree = chains.map(chain => ({ ...chain, subtrees: chain.subtrees.map(() => 'f'.repeat(64)) }));
      expect(await kinds({ chains: otherTree })).toEqual([['rewritten', 19]]);
    });
  });
}
