import type { UserContent } from '../users/user.js';
import type { UserStore } from '../users/user-store.js';

const supervisor: UserContent = {
  name: 'anthony@example.org',
  passwordHash: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['supervisor', 'agent'],
  privileges: ['decrypt-recording'],
  accessGroups: ['/Anthony'],
  partitions: ['/sales'],
  agentHierarchy: '/Anthony',
};

const ops: UserContent = {
  name: 'ops',
  enabled: false,
  roles: ['ops'],
  privileges: [],
  accessGroups: [],
  partitions: [],
};

/** What every UserStore must do. `users` gives an empty one for each test. */
export function userStoreContract(users: () => UserStore): void {
  describe('UserStore contract', () => {
    it('gives users back as they were put, with a version', async () => {
      const put = await users().put(supervisor);
      expect(put).toEqual({ ...supervisor, version: expect.any(Number) as number });
      expect(await users().find(supervisor.name)).toEqual(put);
      expect(await users().find(ops.name)).toBeUndefined();
    });

    it('compares names letter by letter', async () => {
      await users().put(ops);
      expect(await users().find('OPS')).toBeUndefined();
      expect(await users().find('ops ')).toBeUndefined();
    });

    it('replaces the whole user, so that what was taken away is gone', async () => {
      await users().put({ ...ops, contactCenter: 'cc-1', passwordHash: 'hash' });
      const put = await users().put(ops);
      expect(put).not.toHaveProperty('passwordHash');
      expect(await users().find(ops.name)).toEqual(put);
    });

    it('raises the version with every put, whatever version is passed', async () => {
      const first = await users().put(ops);
      const second = await users().put({ ...ops, version: 0 });
      const third = await users().put({ ...ops, version: 1_000_000 });
      expect(second.version).toBeGreaterThan(first.version);
      expect(third.version).toBe(second.version + 1);
    });

    it('never gives a name the same version again, even after the user was removed', async () => {
      const before = await users().put(ops);
      await users().remove(ops.name);
      const after = await users().put(ops);
      expect(after.version).toBeGreaterThan(before.version);
    });

    it('gives every one of many changes at the same time its own version', async () => {
      const changes = await Promise.all(Array.from({ length: 20 }, () => users().put(ops)));
      expect(new Set(changes.map(({ version }) => version)).size).toBe(20);
    });

    it('replaces the version that was seen, and no other', async () => {
      const first = await users().put(ops);
      const second = await users().replace({ ...ops, enabled: true }, first.version);
      expect(second).toMatchObject({ enabled: true });
      expect(await users().replace(ops, first.version)).toBeUndefined();
      expect(await users().replace(ops, undefined)).toBeUndefined();
      expect(await users().find(ops.name)).toEqual(second);
      await users().remove(ops.name);
      expect(await users().replace(ops, second?.version)).toBeUndefined();
      expect(await users().find(ops.name)).toBeUndefined();
    });

    it('lets exactly one of many create a user', async () => {
      const attempts = await Promise.all(Array.from({ length: 10 }, () => users().replace(ops, undefined)));
      expect(attempts.filter(user => user !== undefined)).toHaveLength(1);
    });

    it('removes a user once', async () => {
      await users().put(ops);
      expect(await users().remove(ops.name)).toBe(true);
      expect(await users().remove(ops.name)).toBe(false);
      expect(await users().find(ops.name)).toBeUndefined();
    });

    it('lists all users by name', async () => {
      await users().put(ops);
      await users().put(supervisor);
      const listed = await users().list();
      expect(listed.map(({ name }) => name)).toEqual([supervisor.name, ops.name]);
    });
  });
}
