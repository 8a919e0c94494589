import { randomBytes } from 'node:crypto';
import type { HawkCredential, LocalKeyManagerStore } from '#store';
import { openSqliteStore, type Store } from '#store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HawkCredentials } from './hawk-credentials.js';

describe(HawkCredentials.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-hawk-'));
  const masterKey = randomBytes(32);
  let store: Store;
  let keys: LocalKeyManagerStore;
  let now = Date.parse('2026-01-01T00:00:00Z');

  beforeAll(async () => {
    store = await openSqliteStore({ directory, auditWriter: 'test', writeDeadlineMs: 30_000 });
    keys = store.localKeyManager;
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const credentials = (key = masterKey) => new HawkCredentials(keys, key, () => now);

  it('gives keys of at most 130 bits, never twice the same, and keeps them encrypted', async () => {
    const issued = await Promise.all(
      Array.from({ length: 20 }, (_, index) => credentials().register(`caller-${index}`, 'alice')),
    );
    expect(new Set(issued.map(({ authKey }) => authKey)).size).toBe(20);
    for (const { authKey } of issued) expect(BigInt(authKey) >> 130n).toBe(0n);
    const kept = JSON.stringify(await keys.credentials());
    expect(issued.filter(({ authKey }) => kept.includes(authKey))).toEqual([]);
    expect((await credentials().keysOf('caller-0'))?.current).toBe(issued[0]?.authKey);
  });

  it('ends the former key of a rotation with the overlap', async () => {
    const { authKey } = await credentials().register('rotating', 'alice');
    const { authKey: second } = await credentials().rotate('rotating', 60);
    expect(await credentials().keysOf('rotating')).toEqual({ current: second, previous: [authKey] });
    now += 60_000;
    expect(await credentials().keysOf('rotating')).toEqual({ current: second, previous: [] });
  });

  it('opens nothing with another master key, and says so', async () => {
    await credentials().register('foreign', 'alice');
    await expect(credentials(randomBytes(32)).keysOf('foreign')).rejects.toMatchObject({
      code: 'RCS_INTERNAL',
      message: 'a Hawk key was encrypted with another master key',
    });
  });

  it.each([-1, 0.5, Number.NaN, 3_000_000])('refuses an overlap of %p seconds', async overlap => {
    await expect(credentials().rotate('rotating', overlap)).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });

  it('refuses an invitation that has expired', async () => {
    const { token } = await credentials().invite(60, 'alice');
    now += 60_000;
    await expect(credentials().register('too-late', 'invitation', token)).rejects.toMatchObject({
      code: 'RCS_AUTHENTICATION_REQUIRED',
    });
    expect((await keys.credentials()).some(({ id }: HawkCredential) => id === 'too-late')).toBe(false);
  });
});
