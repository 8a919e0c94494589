import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '#store';
import { ContactCenterFinder } from './contact-center-finder.js';

describe(ContactCenterFinder.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-finder-'));
  let store: Store;

  beforeAll(async () => {
    store = await openSqliteStore({ directory, auditWriter: 'gateway' });
    await store.contactCenters.put({ id: 'first', name: 'First' });
    await store.contactCenters.put({ id: 'second', name: 'Second', domain: 'second.example' });
    for (const [name, contactCenter, source] of [
      ['mary', 'first', undefined],
      ['mary', 'second', 'openid'],
      ['john@second.example', 'first', undefined],
      ['olga', undefined, undefined],
    ] as const) {
      await store.users.put({
        name,
        ...(contactCenter === undefined ? {} : { contactCenter }),
        ...(source === undefined ? {} : { source }),
        enabled: true,
        roles: contactCenter === undefined ? ['ops'] : ['agent'],
        privileges: [],
        accessGroups: [],
        partitions: [],
      });
    }
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each<readonly [string, string | undefined, string | undefined, string | undefined]>([
    ['mary', 'second', 'second', 'the one that the request names'],
    ['mary@second.example', 'first', 'first', 'that one also against the domain'],
    ['mary', 'third', 'unknown', 'none where the one that is named is not there'],
    ['mary@SECOND.example', undefined, 'second', 'that of the domain'],
    ['john@second.example', undefined, 'second', 'that of the domain before that of the account'],
    ['mary', undefined, 'first', 'that of the account that has had the name for longest'],
    ['olga', undefined, undefined, 'none for an account that belongs to none'],
    ['nobody', undefined, 'first', 'the default'],
  ])('asks in this order: %s with %s is of %s: %s', async (userName, named, expected) => {
    const found = await new ContactCenterFinder(store.contactCenters, store.users, 'first').find(userName, named);
    expect(typeof found === 'object' ? found.id : found).toBe(expected);
  });

  it('takes the only one there is where nothing else says it, and none of several', async () => {
    const several = new ContactCenterFinder(store.contactCenters, store.users, undefined);
    expect(await several.find('nobody', undefined)).toBeUndefined();
    const alone = await openSqliteStore({ directory: join(directory, 'alone'), auditWriter: 'gateway' });
    try {
      await alone.contactCenters.put({ id: 'only', name: 'Only' });
      const only = new ContactCenterFinder(alone.contactCenters, alone.users, undefined);
      expect(await only.find('nobody', undefined)).toMatchObject({ id: 'only' });
    } finally {
      await alone.close();
    }
  });
});
