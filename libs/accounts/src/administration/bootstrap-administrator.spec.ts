import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type AuditRecord, type Store } from '#store';
import { verifyPassword } from '../password/password-hash.js';
import { bootstrapAdministrator } from './bootstrap-administrator.js';

jest.setTimeout(60_000);

const first = { contactCenter: 'cc-1', contactCenterName: 'One', userName: 'root', password: 'correct horse battery' };

describe(bootstrapAdministrator.name, () => {
  let directory = '';
  let store: Store;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-bootstrap-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const attempt = (wishes: Partial<typeof first> = {}) =>
    bootstrapAdministrator(store, { ...first, ...wishes }, ['ops']);

  async function audited(): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    for await (const record of store.audit.query()) if (record.user === 'bootstrap') records.push(record);
    return records;
  }

  it('makes contact center and administrator, each in the audit', async () => {
    expect(await attempt()).toBe('made');
    expect(await store.contactCenters.find('cc-1')).toMatchObject({ name: 'One' });
    const user = await store.users.find({ name: 'root' });
    expect(user).toMatchObject({ contactCenter: 'cc-1', roles: ['admin'], enabled: true });
    expect(await verifyPassword(user!.passwordHash!, first.password)).toBe(true);
    expect((await audited()).map(({ event }) => event)).toEqual([
      'contact-center-changed',
      'user-changed',
      'contact-center-changed',
    ]);
  });

  it('is usable once: not for another name, and not after the administrator is gone', async () => {
    await attempt();
    const records = await audited();
    expect(await attempt()).toBe('refused');
    expect(await attempt({ userName: 'mallory' })).toBe('refused');
    await store.users.remove({ name: 'root' });
    expect(await attempt({ userName: 'mallory' })).toBe('refused');
    expect(await store.users.list()).toEqual([]);
    expect(await audited()).toEqual(records);
  });

  it.each([true, false])(
    'is refused where there is an administrator (enabled: %s), of whichever system',
    async enabled => {
      const rights = { roles: ['admin'], privileges: [], accessGroups: [], partitions: [] } as const;
      await store.contactCenters.put({ id: 'cc-1', name: 'One' });
      await store.users.put({ ...rights, name: 'ada', enabled, contactCenter: 'cc-1', source: 'openid' });
      expect(await attempt()).toBe('refused');
      expect(await store.users.find({ name: 'root' })).toBeUndefined();
    },
  );

  it('makes one when several gateways start at once', async () => {
    const outcomes = await Promise.all([attempt(), attempt(), attempt()]);
    expect(outcomes.filter(outcome => outcome === 'made')).toHaveLength(1);
    expect(await store.users.list()).toHaveLength(1);
  });

  it.each([
    ['a short password', { password: 'short' }],
    ['the name of the recorder', { userName: 'ops' }],
  ])('refuses %s', async (_, wrong) => {
    await expect(attempt(wrong)).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_VALUE|USER_EXISTS/) as string,
    });
    expect(await store.users.list()).toEqual([]);
  });
});
