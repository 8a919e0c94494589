import type { UserContent } from '../users/user.js';
import { storeContract } from './store-contract.js';

const withoutPassword: UserContent = {
  name: 'anthony@example.org',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['supervisor', 'agent'],
  privileges: ['decrypt-recording'],
  accessGroups: ['/Anthony'],
  partitions: ['/sales'],
  agentHierarchy: '/Anthony',
};
const supervisor: UserContent = {
  ...withoutPassword,
  passwordHash: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
};

const ops: UserContent = {
  name: 'ops',
  enabled: false,
  roles: ['ops'],
  privileges: [],
  accessGroups: [],
  partitions: [],
};

/** What every UserStore must do. */
export const contract = storeContract('users', store => {
  const users = () => store().users;
  describe('UserStore contract', () => {
    it('gives users back as they were put, with a version', async () => {
      const put = await users().put(supervisor);
      expect(put).toEqual({ ...supervisor, version: expect.any(Number) as number });
      expect(await users().find(supervisor)).toEqual(put);
      expect(await users().find(ops)).toBeUndefined();
    });

    it('compares names letter by letter', async () => {
      await users().put(ops);
      expect(await users().find({ name: 'OPS' })).toBeUndefined();
      expect(await users().find({ name: 'ops ' })).toBeUndefined();
    });

    it('replaces the whole user, so that what was taken away is gone', async () => {
      await users().put({ ...ops, contactCenter: 'cc-1', passwordHash: 'hash' });
      const put = await users().put(ops);
      expect(put).not.toHaveProperty('passwordHash');
      expect(await users().find(ops)).toEqual(put);
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
      await users().remove(ops);
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
      expect(await users().find(ops)).toEqual(second);
      await users().remove(ops);
      expect(await users().replace(ops, second?.version)).toBeUndefined();
      expect(await users().find(ops)).toBeUndefined();
    });

    it('lets exactly one of many create a user', async () => {
      const attempts = await Promise.all(Array.from({ length: 10 }, () => users().replace(ops, undefined)));
      expect(attempts.filter(user => user !== undefined)).toHaveLength(1);
    });

    it('removes a user once', async () => {
      await users().put(ops);
      expect(await users().remove(ops)).toBe(true);
      expect(await users().remove(ops)).toBe(false);
      expect(await users().find(ops)).toBeUndefined();
    });

    it('keeps accounts of one name apart by their system, those of other systems by their contact center, too', async () => {
      const person = withoutPassword;
      const accounts: UserContent[] = [
        { ...person, source: 'configuration-server' },
        supervisor,
        { ...person, source: 'openid' },
        { ...person, source: 'configuration-server', contactCenter: 'cc-2' },
      ];
      for (const account of accounts) {
        expect(await users().find(account)).toBeUndefined();
        expect(await users().replace(account, undefined)).toMatchObject(account);
      }
      for (const account of accounts) {
        const others = accounts.filter(other => other !== account);
        const before = await Promise.all(others.map(other => users().find(other)));
        await users().put({ ...account, roles: ['agent'] });
        expect(await users().find(account)).toMatchObject({ ...account, roles: ['agent'] });
        expect(await users().remove(account)).toBe(true);
        expect(await users().remove(account)).toBe(false);
        expect(await Promise.all(others.map(other => users().find(other)))).toEqual(before);
        await users().put(account);
      }
      expect(await users().named(supervisor.name)).toHaveLength(accounts.length);
      expect(await users().list()).toHaveLength(accounts.length);
    });

    it('says first who has had a name for longest, whoever comes and changes later', async () => {
      const person = withoutPassword;
      const first = { ...person, source: 'configuration-server' } as const;
      await users().put(first);
      await users().put({ ...supervisor, contactCenter: 'cc-2' });
      await users().put({ ...first, roles: ['agent'] });
      expect((await users().named(supervisor.name)).map(({ contactCenter }) => contactCenter)).toEqual([
        'cc-1',
        'cc-2',
      ]);
      await users().remove(first);
      await users().put(first);
      expect(await users().named(supervisor.name)).toHaveLength(2);
      expect(await users().named('nobody')).toEqual([]);
    });

    it('lists all users by name', async () => {
      await users().put(ops);
      await users().put(supervisor);
      const listed = await users().list();
      expect(listed.map(({ name }) => name)).toEqual([supervisor.name, ops.name]);
    });
  });
});
