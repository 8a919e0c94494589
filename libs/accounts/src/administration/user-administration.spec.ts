import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type AuditRecord, type Store, type User } from '#store';
import { verifyPassword } from '../password/password-hash.js';
import { accountAdministratorOf, operator, type AccountAdministrator } from './account-administrator.js';
import { UserAdministration } from './user-administration.js';
import { parseNewUser, parseUserChange } from './user-input.js';
import { userView } from './user-view.js';

jest.setTimeout(60_000);

const origin = { address: '192.0.2.1', requestId: 'request-1' };
const password = 'correct horse battery';
const ops = operator('ops');
const admin: User = {
  name: 'ada',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['admin'],
  privileges: ['decrypt-recording'],
  accessGroups: [],
  partitions: [],
  version: 0,
};
const ada = accountAdministratorOf(admin);
const john = { userName: 'john', password, roles: ['agent'] };

describe(UserAdministration.name, () => {
  let directory = '';
  let store: Store;
  let administration: UserAdministration;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-accounts-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    await store.contactCenters.put({ id: 'cc-1', name: 'One', domain: 'one.example' });
    await store.contactCenters.put({ id: 'cc-2', name: 'Two', domain: 'two.example' });
    administration = new UserAdministration(store, ['ops']);
  });
  afterEach(async () => {
    for (const user of await store.users.list()) await store.users.remove(user);
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const add = (by: AccountAdministrator, input: object): Promise<User> =>
    administration.add(by, parseNewUser(input), origin);
  const change = (by: AccountAdministrator, name: string, input: object): Promise<User> =>
    administration.change(by, name, parseUserChange(input), origin);
  const failing = (code: string) => expect.objectContaining({ code }) as Error;

  async function lastRecord(): Promise<AuditRecord> {
    for await (const record of store.audit.query({ order: 'newest-first', limit: 1 })) return record;
    throw new Error('the audit is empty');
  }

  it('adds a user with an argon2id hash, in the contact center of the administrator', async () => {
    const user = await add(ada, { ...john, accessGroups: ['/b', '/a', '/b'], agentHierarchy: '/Anthony/John' });
    expect(user).toMatchObject({
      contactCenter: 'cc-1',
      enabled: true,
      roles: ['agent'],
      accessGroups: ['/a', '/b'],
      agentHierarchy: '/Anthony/John',
    });
    expect(user.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await verifyPassword(user.passwordHash!, password)).toBe(true);
    expect(JSON.stringify(userView(user))).not.toContain('argon2');
  });

  it('writes who did what to whom into the audit, and never a password or hash', async () => {
    await add(ada, john);
    await administration.setPassword(ada, 'john', 'another password', origin);
    await change(ada, 'john', { roles: ['supervisor'] });
    expect(await lastRecord()).toMatchObject({
      ...origin,
      event: 'user-changed',
      user: 'ada',
      contactCenter: 'cc-1',
      detail: '{"userName":"john","changed":{"roles":["supervisor"]}}',
    });
    await administration.remove(ada, 'john', origin);
    for await (const record of store.audit.query()) {
      expect(JSON.stringify(record)).not.toMatch(/correct horse|another password|argon2/);
    }
  });

  it('changes nothing when the audit cannot be written', async () => {
    const other = mkdtempSync(join(tmpdir(), 'rcs-accounts-'));
    const closed = await openSqliteStore({ directory: other, auditWriter: 'gateway-1' });
    await closed.close();
    const { users, contactCenters } = store;
    const mute = new UserAdministration({ users, contactCenters, audit: closed.audit }, []);
    await expect(mute.add(ada, parseNewUser(john), origin)).rejects.toMatchObject({ code: 'RCS_SHUTTING_DOWN' });
    expect(await store.users.find({ name: 'john' })).toBeUndefined();
    rmSync(other, { recursive: true });
  });

  it('leaves nobody who can log in where a removal ends in the middle, and removes them then', async () => {
    const user = await add(ada, john);
    const users = Object.create(store.users) as Store['users'];
    users.remove = () => Promise.reject(new Error('the process was killed'));
    const stopped = new UserAdministration({ ...store, users }, []);
    await expect(stopped.remove(ada, 'john', origin)).rejects.toThrow('killed');
    const left = await store.users.find(user);
    expect(left).toMatchObject({ enabled: false });
    expect(left?.version).toBeGreaterThan(user.version);
    await administration.remove(ada, 'john', origin);
    expect(await store.users.find(user)).toBeUndefined();
  });

  it('removes an account that somebody changes meanwhile', async () => {
    const user = await add(ada, john);
    const users = Object.create(store.users) as Store['users'];
    users.replace = async (content, seen) => {
      users.replace = (...put) => store.users.replace(...put);
      await store.users.put({ ...user, roles: ['supervisor'] });
      return store.users.replace(content, seen);
    };
    users.remove = () => Promise.reject(new Error('the process was killed'));
    const stopped = new UserAdministration({ ...store, users }, []);
    await expect(stopped.remove(ada, 'john', origin)).rejects.toThrow('killed');
    expect(await store.users.find(user)).toMatchObject({ enabled: false, roles: ['supervisor'] });
  });

  describe('keeps contact centers apart:', () => {
    beforeEach(async () => {
      await add(ops, { ...john, contactCenter: 'cc-2' });
    });

    it('a user of another one is neither listed nor shown', async () => {
      expect(await administration.list(ada)).toEqual([]);
      expect(await administration.list(ops)).toHaveLength(1);
      expect(await administration.list(ops, 'cc-1')).toEqual([]);
      await expect(administration.show(ada, 'john')).rejects.toEqual(failing('RCS_USER_NOT_FOUND'));
    });

    it('a user of another one can be neither changed nor removed', async () => {
      const before = await store.users.find({ name: 'john' });
      await expect(change(ada, 'john', { enabled: false })).rejects.toEqual(failing('RCS_USER_NOT_FOUND'));
      await expect(administration.setPassword(ada, 'john', password, origin)).rejects.toEqual(
        failing('RCS_USER_NOT_FOUND'),
      );
      await expect(administration.remove(ada, 'john', origin)).rejects.toEqual(failing('RCS_USER_NOT_FOUND'));
      expect(await store.users.find({ name: 'john' })).toEqual(before);
    });

    it('nobody is added to another one, under its domain or under a name that is taken', async () => {
      const paul = { ...john, userName: 'paul' };
      await expect(add(ada, { ...paul, contactCenter: 'cc-2' })).rejects.toEqual(failing('RCS_INVALID_VALUE'));
      await expect(add(ada, { ...paul, userName: 'paul@TWO.example' })).rejects.toEqual(failing('RCS_INVALID_VALUE'));
      await expect(add(ada, john)).rejects.toEqual(failing('RCS_USER_EXISTS'));
      expect(await add(ada, { ...paul, userName: 'paul@one.example' })).toMatchObject({ contactCenter: 'cc-1' });
    });
  });

  describe('lets nobody give what they do not have:', () => {
    it('a privilege', async () => {
      const privileges = ['administer-certificates'];
      await expect(add(ada, { ...john, privileges })).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
      await add(ada, john);
      await expect(change(ada, 'john', { privileges })).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
      expect(await change(ada, 'john', { privileges: ['decrypt-recording'] })).toMatchObject({ roles: ['agent'] });
    });

    it('the role ops', async () => {
      await expect(add(ada, { ...john, roles: ['ops'] })).rejects.toEqual(failing('RCS_INSUFFICIENT_ROLE'));
      await add(ada, john);
      await expect(change(ada, 'john', { roles: ['ops'] })).rejects.toEqual(failing('RCS_INSUFFICIENT_ROLE'));
    });

    it('by way of the password of somebody who has it', async () => {
      await add(ops, { ...john, contactCenter: 'cc-1', privileges: ['administer-certificates'] });
      const takeOver = administration.setPassword(ada, 'john', 'another password', origin);
      await expect(takeOver).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
      await expect(administration.remove(ada, 'john', origin)).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
    });

    it.each([
      ['an agent', { ...admin, roles: ['agent'] }],
      ['a supervisor', { ...admin, roles: ['supervisor'] }],
      ['a disabled admin', { ...admin, enabled: false }],
      ['an admin of no contact center', { ...admin, contactCenter: undefined }],
    ] as const)('%s administers nobody', (_, user) => {
      expect(() => accountAdministratorOf(user as User)).toThrow(failing('RCS_INSUFFICIENT_ROLE'));
    });
  });

  describe('lets an operations account give nothing that it has not:', () => {
    const account: User = { ...admin, name: 'olga', roles: ['ops'], privileges: [] };
    delete (account as { contactCenter?: string }).contactCenter;
    const olga = accountAdministratorOf(account);
    const contactCenter = 'cc-1';
    const eve = { userName: 'eve', password, contactCenter };

    it.each<readonly [string, object, string]>([
      ['decrypt-recording', { privileges: ['decrypt-recording'] }, 'RCS_INSUFFICIENT_PERMISSION'],
      ['administer-certificates', { privileges: ['administer-certificates'] }, 'RCS_INSUFFICIENT_PERMISSION'],
      ['the role admin', { roles: ['admin'] }, 'RCS_INSUFFICIENT_ROLE'],
      ['the role supervisor', { roles: ['supervisor'], accessGroups: ['/'] }, 'RCS_INSUFFICIENT_ROLE'],
      ['the role agent', { roles: ['agent'], agentIds: ['somebody'] }, 'RCS_INSUFFICIENT_ROLE'],
      [
        'another operations account more than it has',
        { roles: ['ops'], privileges: ['decrypt-recording'], contactCenter: undefined },
        'RCS_INSUFFICIENT_PERMISSION',
      ],
    ])('%s', async (_, rights, code) => {
      await expect(add(olga, { ...eve, ...rights })).rejects.toEqual(failing(code));
      expect(await store.users.list()).toEqual([]);
    });

    it('by a change or the password of somebody who has it', async () => {
      await add(ops, { ...eve, roles: ['admin'], privileges: ['decrypt-recording'] });
      const takeOver = administration.setPassword(olga, 'eve', 'another password', origin);
      await expect(takeOver).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
      await expect(change(olga, 'eve', { privileges: [] })).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
      await expect(change(olga, 'eve', { enabled: true })).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
    });

    it('and disables and removes whoever it is', async () => {
      await add(ops, { ...eve, roles: ['admin'], privileges: ['decrypt-recording'] });
      expect(await change(olga, 'eve', { enabled: false })).toMatchObject({ enabled: false });
      await administration.remove(olga, 'eve', origin);
      expect(await store.users.list()).toEqual([]);
    });

    it('while one that holds the role admin and a privilege gives these', async () => {
      const holder = accountAdministratorOf({ ...account, roles: ['ops', 'admin'], privileges: ['decrypt-recording'] });
      const rights = { roles: ['supervisor'], privileges: ['decrypt-recording'] };
      expect(await add(holder, { ...eve, ...rights })).toMatchObject(rights);
      const beyond = { ...eve, userName: 'mallory', privileges: ['administer-certificates'] };
      await expect(add(holder, beyond)).rejects.toEqual(failing('RCS_INSUFFICIENT_PERMISSION'));
    });

    it('and nobody at all the role recorder, who administers nobody', async () => {
      await expect((async () => add(ops, { ...eve, roles: ['recorder'] }))()).rejects.toEqual(
        failing('RCS_INVALID_VALUE'),
      );
      const publicDetail = expect.stringContaining('rcsctl users add NAME --role ops') as string;
      expect(() => accountAdministratorOf({ ...account, roles: ['recorder'] })).toThrow(
        expect.objectContaining({ publicDetail }) as Error,
      );
    });
  });

  it('keeps operations accounts out of contact centers, and everybody else in one', async () => {
    expect(await add(ops, { ...john, roles: ['ops'] })).not.toHaveProperty('contactCenter');
    const paul = { ...john, userName: 'paul' };
    await expect(add(ops, { ...paul, roles: ['ops'], contactCenter: 'cc-1' })).rejects.toThrow('the role ops');
    await expect(add(ops, { ...paul, roles: ['ops', 'supervisor'] })).rejects.toThrow('the role ops');
    await expect(add(ops, paul)).rejects.toThrow('contactCenter');
    await expect(add(ops, { ...paul, contactCenter: 'cc-9' })).rejects.toThrow('contactCenter');
    expect(await administration.list(ada)).toEqual([]);
  });

  it('lets nobody lock themselves out', async () => {
    await store.users.put(admin);
    await expect(change(ada, 'ada', { enabled: false })).rejects.toThrow('themselves');
    await expect(change(ada, 'ada', { roles: ['agent'] })).rejects.toThrow('themselves');
    await expect(administration.remove(ada, 'ada', origin)).rejects.toThrow('themselves');
  });

  it('leaves the rights of users of a directory to the directory', async () => {
    await store.users.put({ ...admin, name: 'anthony', source: 'configuration-server' });
    await expect(change(ada, 'anthony', { roles: ['agent'] })).rejects.toThrow('another system');
    await expect(administration.setPassword(ada, 'anthony', password, origin)).rejects.toThrow('another system');
    expect(await change(ada, 'anthony', { enabled: false })).toMatchObject({ enabled: false });
  });

  it.each([
    ['a short password', { password: 'short' }],
    ['a very long password', { password: 'long'.repeat(100) }],
    ['a common password', { password: 'Password1234' }],
    ['a password of few characters', { password: 'abababababababab' }],
    ['a password with the user name', { password: 'John is my name' }],
    ['a name with a colon', { userName: 'a:b' }],
    ['a name with a line end', { userName: 'a\nb' }],
    ['an empty name', { userName: '' }],
    ['a name with a blank before it', { userName: ' john' }],
    ['a role that is none', { roles: ['god'] }],
    ['a group that is no path', { accessGroups: ['Anthony'] }],
    ['a partition with a comma', { partitions: ['/a,/b'] }],
    ['a field that is none', { passwordHash: 'x' }],
    ['a version', { version: 1 }],
    ['a source', { source: 'openid' }],
  ])('refuses %s, and says nothing of the password', async (_, wrong) => {
    const attempt = (async () => add(ada, { ...john, ...wrong }))();
    await expect(attempt).rejects.toEqual(failing('RCS_INVALID_VALUE'));
    const text = await attempt.catch((error: unknown) => JSON.stringify(error) + String(error));
    expect(text).not.toContain((wrong as { password?: string }).password ?? password);
  });

  it('refuses the names of accounts that are in no store', async () => {
    await expect(add(ada, { ...john, userName: 'ops' })).rejects.toEqual(failing('RCS_USER_EXISTS'));
  });

  it('takes one form of a name that Unicode can write in two', async () => {
    await add(ada, { ...john, userName: 'Jose\u0301' });
    expect(await store.users.find({ name: 'Jos\u00e9' })).toBeDefined();
    await expect(add(ada, { ...john, userName: 'Jos\u00e9' })).rejects.toEqual(failing('RCS_USER_EXISTS'));
  });

  it('lets a user change the own password', async () => {
    const user = await add(ada, john);
    const changed = await administration.changeOwnPassword(user, 'another password', origin);
    expect(await verifyPassword(changed.passwordHash!, 'another password')).toBe(true);
    await expect(administration.changeOwnPassword(changed, 'short', origin)).rejects.toEqual(
      failing('RCS_INVALID_VALUE'),
    );
  });

  it('loses no change that was made in the meantime', async () => {
    const user = await add(ada, john);
    await change(ada, 'john', { enabled: false });
    await expect(administration.changeOwnPassword(user, 'another password', origin)).rejects.toEqual(
      failing('RCS_OVERLOADED'),
    );
    expect(await store.users.find({ name: 'john' })).toMatchObject({ enabled: false, passwordHash: user.passwordHash });
  });

  describe('where a directory has an account of the same name', () => {
    const inDirectory = { name: 'john', source: 'configuration-server', contactCenter: 'cc-1' } as const;
    const rights = { enabled: true, roles: ['agent'], privileges: [], accessGroups: [], partitions: [] } as const;
    const both = async (): Promise<void> => {
      await store.users.put({ ...rights, ...inDirectory });
      await add(ada, john);
    };

    it('adds a local one beside it, once, and none beside that of another contact center', async () => {
      await both();
      expect((await administration.list(ada)).map(user => userView(user).source).sort()).toEqual([
        'configuration-server',
        'local',
      ]);
      await expect(add(ada, john)).rejects.toEqual(failing('RCS_USER_EXISTS'));
      await store.users.put({ ...rights, ...inDirectory, name: 'paul', contactCenter: 'cc-2' });
      await expect(add(ada, { ...john, userName: 'paul' })).rejects.toEqual(failing('RCS_USER_EXISTS'));
    });

    it('guesses nothing: who disables one of them has to say which', async () => {
      await both();
      const unsaid = change(ada, 'john', { enabled: false });
      await expect(unsaid).rejects.toMatchObject({
        code: 'RCS_INVALID_VALUE',
        publicDetail: expect.stringContaining('configuration-server in cc-1') as unknown,
      });
      await expect(administration.remove(ada, 'john', origin)).rejects.toEqual(failing('RCS_INVALID_VALUE'));
      await administration.change(ada, 'john', { enabled: false }, origin, { source: 'configuration-server' });
      expect(await store.users.find(inDirectory)).toMatchObject({ enabled: false });
      expect(await store.users.find({ name: 'john' })).toMatchObject({ enabled: true });
      await administration.remove(ada, 'john', origin, { source: 'configuration-server' });
      expect(await administration.show(ada, 'john')).toMatchObject({ enabled: true });
    });

    it('sets the password of the local one, which is the only one that has one here', async () => {
      await both();
      const changed = await administration.setPassword(ada, 'john', 'another password', origin);
      expect(changed).not.toHaveProperty('source');
      expect(await store.users.find(inDirectory)).not.toHaveProperty('passwordHash');
    });

    it('lets an administrator remove the account of the directory that has the own name, and not the own one', async () => {
      const own = await add(ops, { ...john, userName: 'admin-1', contactCenter: 'cc-1', roles: ['admin'] });
      await store.users.put({ ...rights, ...inDirectory, name: own.name });
      const self = accountAdministratorOf(own);
      await expect(administration.remove(self, own.name, origin, { source: 'local' })).rejects.toEqual(
        failing('RCS_INVALID_VALUE'),
      );
      await administration.remove(self, own.name, origin, { source: 'configuration-server' });
      expect(await store.users.named(own.name)).toEqual([own]);
    });
  });
});
