import { examinedAtOnce } from '../audit/audit-erasure.js';
import type { AuditInclusion, AuditLog } from '../audit/audit-log.js';
import { provenRoot } from '../audit/audit-proof.js';
import type { AuditRecord } from '../audit/audit-record.js';
import { collect } from './collect.js';

const contactCenter = 'cc-1';
const played = {
  event: 'playback',
  outcome: 'allowed',
  contactCenter,
  recording: 'r-1',
  address: '192.0.2.7',
} as const;

async function forgotten(log: AuditLog): Promise<void> {
  for (let step = 0; await log.forgetNext(); step++) if (step > 100) throw new Error('it does not end');
}
async function proofOf(log: AuditLog): Promise<AuditInclusion> {
  const proof = await log.prove('gateway-1', 1, 6);
  if (proof === undefined) throw new Error('there is no proof');
  return proof;
}
const about = (records: readonly AuditRecord[], value: string): readonly number[] =>
  records.filter(record => JSON.stringify(record).includes(value)).map(({ sequence }) => sequence);

/** What every AuditLog must do with the personal fields of somebody who is to be forgotten. */
export function auditErasureContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('erasure of personal fields', () => {
    it('leaves nothing of a user in their contact center, and chain, checkpoints and proofs as they were', async () => {
      const log = await open('gateway-1');
      for (const user of ['anna', 'annabel', 'anna']) await log.append({ ...played, user, detail: `by ${user}` });
      await log.append({ ...played, user: 'boss', detail: 'erased: anna, who asked' });
      const elsewhere = await log.append({ ...played, user: 'anna', contactCenter: 'cc-2' });
      const [head] = await log.heads();
      const { sequence, hash } = elsewhere;
      const checkpoint = { writer: 'gateway-1', sequence, hash, time: elsewhere.time, root: head?.root ?? '' };
      const before = await proofOf(log);

      await log.forget({ contactCenter, kind: 'user', value: 'anna' });
      await forgotten(log);
      const records = await collect(log.query());
      expect(about(records, 'anna"')).toEqual([5]);
      expect(about(records, 'anna,')).toEqual([]);
      expect(records[1]).toMatchObject({ erased: { user: expect.any(String) as string } });
      expect(records[1]).not.toHaveProperty('address');
      expect(records[2]).toMatchObject({ user: 'annabel', detail: 'by annabel', address: '192.0.2.7' });
      expect(records[4]).toMatchObject({ user: 'boss', address: '192.0.2.7' });
      expect(records[4]).not.toHaveProperty('detail');
      expect(records.map(record => record.hash)).toContain(before.record.hash);
      expect(await collect(log.query({ user: 'anna' }))).toHaveLength(1);

      expect(await log.verify([checkpoint])).toMatchObject({ records: 6, problems: [], problemCount: 0 });
      const after = await proofOf(log);
      expect(after.path).toEqual(before.path);
      expect(provenRoot(after)).toBe(head?.root);
      const erased = await log.erasedFields(0, 10);
      expect(erased.map(({ sequence: at, fields }) => [at, fields])).toEqual([
        [1, 'user,address,detail'],
        [3, 'user,address,detail'],
        [4, 'detail'],
      ]);
      expect(await log.erasedFields(erased[1]?.number ?? 0, 10)).toEqual(erased.slice(2));
    });

    it('leaves no mention of a number, however it is grouped, and keeps who mentioned it', async () => {
      const log = await open('gateway-1');
      const details = ['{"callerPhoneNumber":"+49 (30) 12-34"}', '+4930 1234', '+49301234', '+493012345', '949301234'];
      for (const detail of details) await log.append({ ...played, user: 'ann', detail });
      await log.forget({ contactCenter, kind: 'number', value: '+49 30 1234' });
      await forgotten(log);
      const records = (await collect(log.query())).slice(1);
      expect(records.map(({ user }) => user)).toEqual(details.map(() => 'ann'));
      expect(records.map(({ detail }) => detail)).toEqual([undefined, undefined, undefined, ...details.slice(3)]);
    });

    it('goes on over all records where a process ended, and begins anew when it is ordered again', async () => {
      const log = await open('gateway-1');
      const appends = Array.from({ length: examinedAtOnce + 200 }, (_, number) =>
        log.append({ ...played, user: `user-${number % 2}` }),
      );
      await Promise.all(appends);
      await log.forget({ contactCenter, kind: 'user', value: 'user-1' });
      expect(await log.forgetNext()).toBe(true);
      const other = await open('gateway-2');
      await forgotten(other);
      expect(await collect(other.query({ user: 'user-1' }))).toEqual([]);
      expect(await collect(other.query({ user: 'user-0' }))).toHaveLength(examinedAtOnce / 2 + 100);
      await other.append({ ...played, user: 'user-1' });
      await other.forget({ contactCenter, kind: 'user', value: 'user-1' });
      await forgotten(log);
      expect(await collect(log.query({ user: 'user-1' }))).toEqual([]);
      expect(await log.verify()).toMatchObject({ problems: [] });
    });

    it('forgets those alone who may be forgotten now, where they are named', async () => {
      const log = await open('gateway-1');
      for (const user of ['anna', 'bert']) await log.append({ ...played, user });
      const [anna, bert] = [
        { contactCenter, kind: 'user', value: 'anna' },
        { contactCenter, kind: 'user', value: 'bert' },
      ] as const;
      for (const subject of [anna, bert]) await log.forget(subject);
      for (let step = 0; await log.forgetNext([bert]); step++) if (step > 100) throw new Error('it does not end');
      expect(await log.awaited()).toEqual([anna]);
      expect(await collect(log.query({ user: 'bert' }))).toEqual([]);
      expect(await collect(log.query({ user: 'anna' }))).toHaveLength(1);
      await forgotten(log);
      expect(await log.awaited()).toEqual([]);
      expect(await collect(log.query({ user: 'anna' }))).toEqual([]);
    });

    it('is done again after a restore, with the same records alone', async () => {
      const log = await open('gateway-1');
      const first = await log.append({ ...played, user: 'anna' });
      const second = await log.append({ ...played, user: 'berta \0 \u001f é' });
      const { writer } = first;
      const again = [
        { writer, sequence: 1, hash: first.hash, fields: 'user,address' },
        { writer, sequence: 2, hash: first.hash, fields: 'user,detail' },
        { writer: 'gone', sequence: 9, hash: first.hash, fields: 'user' },
      ];
      expect(await log.eraseAgain(again)).toBe(1);
      expect(await log.eraseAgain(again)).toBeLessThanOrEqual(1);
      expect((await collect(log.query())).slice(1)).toMatchObject([{ sequence: 1, erased: {} }, { user: second.user }]);
      expect(await log.eraseAgain([{ writer, sequence: 2, hash: second.hash, fields: 'user' }])).toBe(1);
      expect((await collect(log.query()))[2]).not.toHaveProperty('user');
      expect(await log.verify()).toMatchObject({ problems: [] });
      expect(await log.forgetNext()).toBe(false);
      expect(await log.scrub()).toBe(true);
    });
  });
}
