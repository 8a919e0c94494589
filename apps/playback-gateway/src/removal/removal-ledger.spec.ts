import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type RemovalKind, type Store } from '#store';
import type { Logger } from '#platform';
import type { LocationClaims } from '../media-index/location-claims.js';
import { RemovalLedger } from './removal-ledger.js';

const contactCenter = 'cc-1';
const time = new Date().toISOString();

describe(RemovalLedger.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-removal-ledger-'));
  const logger = { warn: jest.fn(), error: jest.fn() } as unknown as Logger;
  let store: Store;
  beforeAll(async () => {
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  async function remove(id: string, kind: RemovalKind): Promise<void> {
    await store.recordings.insert({ id, contactCenter, region: 'default', mediaFiles: [] });
    const order = { recordingId: id, contactCenter, kind, user: 'ann', reason: 'asked for', time };
    expect(await store.removals.remove(order, [])).toBe('removed');
  }

  it('has memory overwritten for what was erased since it began, and for no deletion', async () => {
    const memory = { note: jest.fn() };
    await remove('erased-before', 'erased');
    const configuration = { removal: {}, store: { kind: 'sqlite', directory } };
    const ledger = new RemovalLedger(
      store.recordings,
      store.removals,
      store.audit,
      {} as LocationClaims,
      memory,
      configuration as never,
      logger,
    );
    await ledger.onModuleInit();
    expect(memory.note).not.toHaveBeenCalled();
    for (const kind of ['deleted', 'expired'] as const) {
      await remove(kind, kind);
      await ledger.keep();
    }
    expect(memory.note).not.toHaveBeenCalled();
    await remove('erased', 'erased');
    await ledger.keep();
    await ledger.keep();
    expect(memory.note).toHaveBeenCalledTimes(1);
    // What was removed between the last line of the file and the start of this process counts as well.
    const untold = [...ledger.takeUntold(2), ...ledger.takeUntold(2)];
    expect(untold.map(({ recordingId }) => recordingId)).toEqual(['erased-before', 'deleted', 'erased']);
    expect(ledger.takeUntold(1)).toEqual([]);
    await ledger.onApplicationShutdown();
  });

  it('says of how many removals workers are not told where too many wait', async () => {
    let count = 0;
    const removals = {
      ledger: (after: number, limit: number) => {
        const numbers = Array.from({ length: Math.min(limit, count - after) }, (_, index) => after + index + 1);
        return Promise.resolve(
          numbers.map(number => ({ number, recordingId: `${number}`, contactCenter, kind: 'erased', time })),
        );
      },
    };
    const ledger = new RemovalLedger(
      store.recordings,
      removals as unknown as Store['removals'],
      store.audit,
      {} as LocationClaims,
      { note: jest.fn() },
      { removal: {}, store: { kind: 'sqlite' } } as never,
      logger,
    );
    await ledger.onModuleInit();
    count = 10_003;
    expect(await ledger.keep()).toBe(true);
    expect(logger.warn).toHaveBeenCalledWith({ removals: 3 }, expect.stringContaining('no more removals now'));
    expect(ledger.takeUntold(20_000)).toHaveLength(10_000);
  });
});
