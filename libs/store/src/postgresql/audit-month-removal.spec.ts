import { ArchiveGrowth } from '../audit/archive-growth.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Store } from '../store.js';
import { collect } from '../testing/collect.js';
import { Client } from 'pg';
import { superuser } from '#test/postgresql/postgresql-server.js';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { monthAgo, onlyTheDate } from '#test/audit/past-audit.js';
import { dropEmptyMonths } from './audit-month-removal.js';

const login: AuditEntry = { event: 'login', outcome: 'done', user: 'anthony' };
const archived: AuditEntry = { event: 'audit-archived', outcome: 'done' };

describe(dropEmptyMonths.name, () => {
  const database = new PostgresqlTestDatabase();
  const [older, old, last, present] = [monthAgo(4), monthAgo(3), monthAgo(1), monthAgo(0)] as const;
  let gateway: Store;
  let other: Store;

  const at = async <T>(month: string, work: () => Promise<T>): Promise<T> => {
    jest.useFakeTimers({ now: Date.parse(`${month}-01T10:00:00.000Z`), doNotFake: [...onlyTheDate] });
    try {
      return await work();
    } finally {
      jest.useRealTimers();
    }
  };
  const write = (store: Store, month: string, records = 3): Promise<unknown> =>
    at(month, () => Promise.all(Array.from({ length: records }, () => store.audit.append(login))));
  const months = async (): Promise<string[]> =>
    (
      await database.server.execute(
        `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'audit_record'::regclass AND relname <= 'audit_record_${present.replace('-', '_')}' ORDER BY 1`,
        database.name,
      )
    ).map(({ name }) => String(name).replace('audit_record_', '').replace('_', '-'));

  /** All that may go, as `rcsctl audit archive` does. */
  async function archive(store: Store): Promise<void> {
    await seal(store);
    await store.audit.removeArchived();
  }
  async function seal({ audit }: Store): Promise<void> {
    const parts = await audit.archivable('9999-01-01T00:00:00.000Z');
    const before = (await collect(audit.archives())).at(-1);
    const growth = new ArchiveGrowth(before?.chains ?? []);
    for await (const record of audit.stored(parts)) growth.accept(record);
    const number = (before?.number ?? 0) + 1;
    expect(await audit.seal({ number, seal: `seal ${number}`, chains: growth.result() }, archived)).toBe(true);
  }
  const problemsOf = async (audit: AuditLog) => (await audit.verify()).problems;

  beforeEach(async () => {
    gateway = await database.open({ auditWriter: 'gateway-1' });
    other = await database.open({ auditWriter: 'gateway-2' });
    for (const month of [older, old, last, present]) await write(gateway, month);
  });

  it('drops months whose records all lie in archives, and keeps this one and the one before', async () => {
    expect(await months()).toEqual([older, old, last, present]);
    await archive(other);
    expect(await months()).toEqual([last, present]);
    expect(await problemsOf(gateway.audit)).toEqual([]);
  });

  it('keeps a month that the last record of a chain lies in', async () => {
    await write(other, old);
    await archive(gateway);
    expect(await months()).toEqual([old, last, present]);
  });

  it('has the month made again for a gateway that knew it, however late its record', async () => {
    await archive(other);
    await write(gateway, old, 2);
    expect(await months()).toEqual([old, last, present]);
    expect(await problemsOf(other.audit)).toEqual([]);
  });

  it('loses no record of whoever writes into a month while it goes', async () => {
    const turns = 10;
    const cleaner = await database.open({ auditWriter: 'rcsctl' });
    for (let turn = 0; turn < turns; turn += 1) {
      await seal(cleaner);
      await Promise.all([cleaner.audit.removeArchived(), write(gateway, older, 1), write(other, old, 1)]);
      await Promise.all([gateway, other].map(store => write(store, present, 1)));
    }
    await archive(cleaner);
    expect(await months()).toEqual([last, present]);
    expect(await problemsOf(other.audit)).toEqual([]);
    const sizes = (await cleaner.audit.heads()).map(({ writer, size }) => [writer, size]);
    expect(Object.fromEntries(sizes)).toMatchObject({ 'gateway-1': 1 + 12 + 2 * turns, 'gateway-2': 1 + 2 * turns });
  });

  it('leaves a month that is read all the time to the next archive, and hinders nobody for long', async () => {
    const reader = new Client({ ...superuser, host: '127.0.0.1', port: database.server.port, database: database.name });
    await reader.connect();
    try {
      await reader.query('BEGIN; SELECT count(*) FROM audit_record');
      const removed = archive(other);
      const times: number[] = [];
      for (let record = 0; record < 30; record += 1) {
        const before = performance.now();
        await gateway.audit.append(login);
        times.push(performance.now() - before);
      }
      await removed;
      expect(Math.max(...times)).toBeLessThan(3000);
      expect(await months()).toEqual([older, old, last, present]);
    } finally {
      await reader.end();
    }
    await archive(other);
    expect(await months()).toEqual([last, present]);
  });
});
