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
  const owner = 'cc-a';
  const right = { contactCenter: owner };
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
    const registrations = await Promise.all(
      Array.from({ length: 20 }, (_, index) => credentials().register(`caller-${index}`, 'alice', right)),
    );
    const issued = registrations.map(registration => registration.issued);
    expect(new Set(issued.map(({ authKey }) => authKey)).size).toBe(20);
    for (const { authKey } of issued) expect(BigInt(authKey) >> 130n).toBe(0n);
    const kept = JSON.stringify(await keys.credentials('everything'));
    expect(issued.filter(({ authKey }) => kept.includes(authKey))).toEqual([]);
    expect(await credentials().keysOf('caller-0')).toEqual([{ key: issued[0]?.authKey, owner }]);
  });

  it('ends the former key of a rotation with the overlap', async () => {
    const first = (await credentials().register('rotating', 'alice', right)).issued.authKey;
    const second = (await credentials().rotate('rotating', { owner }, 60)).issued.authKey;
    const [current, former] = [second, first].map(key => ({ key, owner }));
    expect(await credentials().keysOf('rotating')).toEqual([current, former]);
    now += 60_000;
    expect(await credentials().keysOf('rotating')).toEqual([current]);
  });

  it('tells credentials of one id in two contact centers apart by their keys', async () => {
    const [own, theirs] = await Promise.all(
      [owner, 'neighbour'].map(contactCenter => credentials().register('of both', 'alice', { contactCenter })),
    );
    expect(await credentials().keysOf('of both')).toEqual([
      { key: own?.issued.authKey, owner },
      { key: theirs?.issued.authKey, owner: 'neighbour' },
    ]);
    await expect(credentials().rotate('of both', 'everything', 60)).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail: 'contactCenter: several have a credential of both, name one',
    });
    await credentials().revoke('of both', { owner: 'neighbour' }, 'dave');
    expect(await credentials().keysOf('of both')).toEqual([{ key: own?.issued.authKey, owner }]);
    expect((await credentials().rotate('of both', 'everything', 0)).owner).toBe(owner);
  });

  it.each(['of both', 'nobody has it'])('does not find %p for somebody who has no such credential', async id => {
    const stranger = { owner: 'stranger' };
    const notFound = { code: 'RCS_NOT_FOUND', publicDetail: undefined };
    await expect(credentials().rotate(id, stranger, 0)).rejects.toMatchObject(notFound);
    await expect(credentials().revoke(id, stranger, 'dave')).rejects.toMatchObject(notFound);
    expect(await credentials().list(stranger)).toEqual([]);
  });

  it('opens nothing with another master key, and says so', async () => {
    await credentials().register('foreign', 'alice', right);
    await expect(credentials(randomBytes(32)).keysOf('foreign')).rejects.toMatchObject({
      code: 'RCS_INTERNAL',
      message: 'a Hawk key was encrypted with another master key',
    });
  });

  it.each([-1, 0.5, Number.NaN, 3_000_000])('refuses an overlap of %p seconds', async overlap => {
    await expect(credentials().rotate('rotating', { owner }, overlap)).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
    });
  });

  it('refuses an invitation that has expired', async () => {
    const { token } = await credentials().invite(60, owner, 'alice');
    now += 60_000;
    await expect(credentials().register('too-late', 'invitation', { invitation: token })).rejects.toMatchObject({
      code: 'RCS_AUTHENTICATION_REQUIRED',
    });
    expect((await keys.credentials('everything')).some(({ id }: HawkCredential) => id === 'too-late')).toBe(false);
  });
});
