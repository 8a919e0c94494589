import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Attribute, Change, Client } from 'ldapts';
import { examplePeople } from '#test/directory/example-people.js';
import { administrator, SlapdServer } from '#test/directory/slapd-server.js';
import { hashPassword } from '#accounts';
import { configurationSchema, createLogger, RcsError, toRcsError } from '#platform';
import { openSqliteStore, type Store, type UserContent } from '#store';
import { AgentPlaces } from '../authorisation/agent-places.js';
import { AuthenticationService } from './authentication.service.js';
import { ContactCenterFinder } from './contact-center-finder.js';
import type { Credentials } from './credentials.js';
import { Directories } from './directory/directories.js';
import { DirectoryUsers } from './directory/directory-users.js';
import { openDirectory } from './directory/open-directory.js';
import { ExternalUsers } from './external-users.js';
import type { LoginIdentity } from '../throttling/login-limits.js';

jest.setTimeout(120_000);

const basic = (userName: string, password: string): Credentials => ({ scheme: 'basic', userName, password });
const refused = { code: 'RCS_AUTHENTICATION_REQUIRED', publicDetail: undefined };
const unavailable = { code: 'RCS_DIRECTORY_UNAVAILABLE', publicDetail: undefined };
const logger = createLogger('playback-gateway', 'test', 'silent');

const local: UserContent = {
  name: 'lena',
  enabled: true,
  contactCenter: 'local',
  roles: ['agent'],
  privileges: [],
  accessGroups: [],
  partitions: [],
};

describe('the authentication flow', () => {
  let work = '';
  let server: SlapdServer;
  let store: Store;
  let passwordHash = '';
  const opened: Directories[] = [];

  beforeAll(async () => {
    server = await SlapdServer.start(examplePeople);
    work = mkdtempSync(join(tmpdir(), 'rcs-flow-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
    await store.contactCenters.put({ id: 'directory', name: 'On a directory' });
    await store.contactCenters.put({ id: 'domain', name: 'On a directory, with a domain', domain: 'example.org' });
    await store.contactCenters.put({ id: 'local', name: 'With users of its own' });
    passwordHash = await hashPassword('local-password');
  });
  beforeEach(async () => {
    await store.users.put({ ...local, passwordHash });
  });
  afterEach(async () => {
    opened.splice(0).forEach(directories => directories.onApplicationShutdown());
    for (const user of await store.users.list()) await store.users.remove(user);
  });
  afterAll(async () => {
    await store.close();
    rmSync(work, { recursive: true });
    await server.stop();
  });

  function parts(options: { cacheTimeToLiveMs?: number; enabled?: boolean } = {}) {
    const { cacheTimeToLiveMs = 60_000, enabled = true } = options;
    const {
      configurationServers: [settings],
    } = configurationSchema().parse({
      configurationServers: [
        {
          contactCenters: ['directory', 'domain'],
          urls: [`ldap://127.0.0.1:${server.ldapPort}`],
          bindDn: 'cn=reader,dc=example,dc=org',
          bindPassword: 'reader-password',
          peopleBaseDn: 'ou=people,dc=example,dc=org',
          groupsBaseDn: 'ou=groups,dc=example,dc=org',
          attributes: { options: 'description' },
        },
      ],
    });
    const external = new ExternalUsers(store.users);
    const users = new DirectoryUsers(openDirectory(settings!, {}), store.users, external, logger, {
      cacheSize: 100,
      cacheTimeToLiveMs,
    });
    const directories = new Directories([
      { contactCenters: settings!.contactCenters, users: enabled ? users : undefined },
    ]);
    opened.push(directories);
    return { directories, contactCenters: new ContactCenterFinder(store.contactCenters, store.users, 'directory') };
  }

  function service(options: Parameters<typeof parts>[0] = {}): AuthenticationService {
    const { serverSettings } = configurationSchema().parse({
      serverSettings: { opsUserPassword: 'ops-password', failedLoginTimeMs: 0 },
    });
    return new AuthenticationService(store.users, serverSettings, parts(options));
  }

  async function changeDirectory(change: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ url: `ldap://127.0.0.1:${server.ldapPort}`, timeout: 30_000 });
    await client.bind(administrator.dn, administrator.password);
    await change(client);
    await client.unbind();
  }

  const setPerson = (uid: string, type: string, values: string[]) =>
    changeDirectory(client =>
      client.modify(
        `uid=${uid},ou=people,dc=example,dc=org`,
        new Change({ operation: 'replace', modification: new Attribute({ type, values }) }),
      ),
    );

  const anthony = basic('anthony', 'pass:wörd');
  const inDirectory = (name: string) => ({ name, source: 'configuration-server', contactCenter: 'directory' }) as const;
  const lena = basic('lena', 'local-password');

  describe('of a contact center on a directory', () => {
    it('asks the directory, and keeps what it says', async () => {
      expect(await service().authenticate(anthony)).toMatchObject({
        name: 'anthony',
        contactCenter: 'directory',
        roles: ['supervisor'],
        accessGroups: ['/Anthony', '/sales'],
        agentIds: ['4711'],
        source: 'configuration-server',
      });
      expect(await store.users.find(inDirectory('anthony'))).not.toHaveProperty('passwordHash');
    });

    it.each([
      ['a local password of somebody the directory does not know', 'emma', 'local-password'],
      ['a local password of somebody the directory knows', 'anthony', 'local-password'],
      ['a local password of somebody who was in the directory', 'nobody', 'local-password'],
    ])('never falls back to %s', async (_, name, password) => {
      await store.users.put({ ...local, name, contactCenter: 'directory', passwordHash });
      await expect(service().authenticate(basic(name, password))).rejects.toMatchObject(refused);
    });

    it('lets no local user in by naming another contact center', async () => {
      await expect(service().authenticate(lena, { contactCenter: 'directory' })).rejects.toMatchObject(refused);
      await store.users.put({ ...local, name: 'emma', contactCenter: 'directory', passwordHash });
      const emma = basic('emma', 'local-password');
      await expect(service().authenticate(emma, { contactCenter: 'local' })).rejects.toMatchObject(refused);
    });

    it('keeps a local account of the name beside the one of the directory, exactly as it is', async () => {
      const admin = { ...local, name: 'anthony', contactCenter: 'directory', roles: ['admin'] as const, passwordHash };
      const before = await store.users.put(admin);
      const localLogin = basic('anthony', 'local-password');
      for (const [on, expected] of [
        [false, 'local'],
        [true, 'directory'],
        [false, 'local'],
        [true, 'directory'],
        [false, 'local'],
      ] as const) {
        const authentication = service({ enabled: on });
        const [good, bad] = on ? [anthony, localLogin] : [localLogin, anthony];
        const user = await authentication.authenticate(good);
        expect(user.source ?? 'local').toBe(expected.replace('directory', 'configuration-server'));
        expect(user.roles).toEqual(on ? ['supervisor'] : ['admin']);
        await expect(authentication.authenticate(bad)).rejects.toMatchObject(refused);
        // Sessions of the one are never taken for sessions of the other.
        expect(await authentication.userOfSession(user)).toEqual(user);
        const other = on ? { name: 'anthony' } : inDirectory('anthony');
        expect(await authentication.userOfSession(other)).toBeUndefined();
        expect(await store.users.find({ name: 'anthony' })).toEqual(before);
      }
      expect(await store.users.named('anthony')).toHaveLength(2);
    });

    it('leaves an account that a version of before has taken over as it is, and lets the local one be made again', async () => {
      const taken = { ...local, name: 'anthony', contactCenter: 'directory', source: 'configuration-server' } as const;
      await store.users.put(taken);
      const anew = await store.users.put({ ...local, name: 'anthony', contactCenter: 'directory', passwordHash });
      expect(await service().authenticate(anthony)).toMatchObject({ source: 'configuration-server' });
      const localLogin = basic('anthony', 'local-password');
      expect(await service({ enabled: false }).authenticate(localLogin)).toEqual(anew);
      expect(await store.users.named('anthony')).toHaveLength(2);
    });

    it('refuses whom this server has disabled', async () => {
      await service().authenticate(anthony);
      await store.users.put({ ...(await store.users.find(inDirectory('anthony')))!, enabled: false });
      const authentication = service();
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(authentication.authenticate(anthony)).rejects.toMatchObject(refused);
      }
    });

    it.each(['ops', 'OPS', 'oPs'])(
      'never takes somebody called %s for the account of the configuration',
      async name => {
        await changeDirectory(client =>
          client.add('uid=ops,ou=people,dc=example,dc=org', {
            objectClass: 'inetOrgPerson',
            uid: 'ops',
            cn: 'Ops',
            sn: 'O',
            userPassword: 'directory-password',
          }),
        );
        try {
          const authentication = service();
          for (const contactCenter of [undefined, 'directory']) {
            const attempt = authentication.authenticate(basic(name, 'directory-password'), { contactCenter });
            await expect(attempt).rejects.toMatchObject(refused);
          }
        } finally {
          await changeDirectory(client => client.del('uid=ops,ou=people,dc=example,dc=org'));
        }
      },
    );

    it('lets people in whose name belongs to a user of another contact center, who keeps the name where none is named', async () => {
      const first = await store.users.put({ ...local, name: 'anthony', passwordHash });
      const inOther = { contactCenter: 'directory' };
      expect(await service().authenticate(anthony, inOther)).toMatchObject({ contactCenter: 'directory' });
      expect(await service().authenticate(basic('anthony', 'local-password'))).toEqual(first);
      await expect(service().authenticate(anthony)).rejects.toMatchObject(refused);
      expect(await store.users.find({ name: 'anthony' })).toEqual(first);
    });

    it('answers 503 while the directory is away, and lets local users and the ops account in', async () => {
      const authentication = service();
      await server.halt();
      try {
        await expect(authentication.authenticate(anthony)).rejects.toMatchObject(unavailable);
        expect(await authentication.authenticate(lena)).toMatchObject({ name: 'lena' });
        expect(await authentication.authenticate(basic('ops', 'ops-password'))).toMatchObject({ roles: ['recorder'] });
      } finally {
        await server.run();
      }
    });
  });

  describe('of a contact center with a domain', () => {
    it.each(['anthony@example.org', 'Anthony@EXAMPLE.org'])('knows %s by the domain', async name => {
      expect(await service().authenticate(basic(name, 'pass:wörd'))).toMatchObject({
        name: 'anthony@example.org',
        contactCenter: 'domain',
        agentIds: ['anthony', '4711'],
      });
    });

    it('keeps people of the same name in two contact centers apart', async () => {
      const authentication = service();
      expect(await authentication.authenticate(anthony)).toMatchObject({ contactCenter: 'directory' });
      expect(await authentication.authenticate(anthony, { contactCenter: 'domain' })).toMatchObject({
        name: 'anthony@example.org',
        contactCenter: 'domain',
      });
      expect(await authentication.authenticate(anthony)).toMatchObject({ contactCenter: 'directory' });
    });
  });

  describe('of a contact center without Configuration Server authentication', () => {
    it('asks the local users', async () => {
      expect(await service().authenticate(lena)).toMatchObject({ name: 'lena', contactCenter: 'local' });
      expect(await service().authenticate(lena, { contactCenter: 'local' })).toMatchObject({ name: 'lena' });
    });

    it.each([
      ['a wrong password', basic('lena', 'wrong')],
      ['somebody of a directory', anthony],
      ['an unknown user', basic('nobody', 'local-password')],
    ])('refuses %s', async (_, authorization) => {
      await expect(service().authenticate(authorization, { contactCenter: 'local' })).rejects.toMatchObject(refused);
    });

    it('refuses the people of a directory that was turned off, and lets local users of its contact center in', async () => {
      await store.users.put({ ...local, name: 'emma', contactCenter: 'directory', passwordHash });
      const authentication = service({ enabled: false });
      await expect(authentication.authenticate(anthony)).rejects.toMatchObject(refused);
      expect(await authentication.authenticate(basic('emma', 'local-password'))).toMatchObject({ name: 'emma' });
    });

    it('refuses a contact center that is not there', async () => {
      await expect(service().authenticate(lena, { contactCenter: 'elsewhere' })).rejects.toMatchObject(refused);
    });
  });

  it.each([undefined, 'directory', 'local', 'elsewhere'])(
    'lets the ops account in whatever contact center is named: %p',
    async contactCenter => {
      const authentication = service();
      expect(await authentication.authenticate(basic('ops', 'ops-password'), { contactCenter })).toMatchObject({
        roles: ['recorder'],
      });
      await expect(authentication.authenticate(basic('ops', 'wrong'), { contactCenter })).rejects.toMatchObject(
        refused,
      );
    },
  );

  describe('for what was verified before', () => {
    it('asks the directory again for every other password', async () => {
      const authentication = service();
      await authentication.authenticate(anthony);
      await expect(authentication.authenticate(basic('anthony', 'pass:worD'))).rejects.toMatchObject(refused);
    });

    it('sees a changed password at once when nothing is remembered', async () => {
      const authentication = service({ cacheTimeToLiveMs: 0 });
      await authentication.authenticate(basic('john', 'john-password'));
      await setPerson('john', 'userPassword', ['new-password']);
      await expect(authentication.authenticate(basic('john', 'john-password'))).rejects.toMatchObject(refused);
      expect(await authentication.authenticate(basic('john', 'new-password'))).toMatchObject({ name: 'john' });
      await setPerson('john', 'userPassword', ['john-password']);
    });

    it('stops counting as soon as the user is disabled or removed here', async () => {
      const authentication = service();
      const user = await authentication.authenticate(anthony);
      await store.users.put({ ...user, enabled: false });
      await expect(authentication.authenticate(anthony)).rejects.toMatchObject(refused);
      await store.users.remove(inDirectory('anthony'));
      expect(await authentication.authenticate(anthony)).toMatchObject({ name: 'anthony', enabled: true });
    });
  });

  describe('for sessions', () => {
    it('gives the rights that the directory gives now', async () => {
      const authentication = service({ cacheTimeToLiveMs: 0 });
      await authentication.authenticate(anthony);
      await setPerson('anthony', 'employeeType', ['agent']);
      expect(await authentication.userOfSession(inDirectory('anthony'))).toMatchObject({ roles: ['agent'] });
      await setPerson('anthony', 'employeeType', ['supervisor']);
      expect(await authentication.userOfSession(inDirectory('anthony'))).toMatchObject({ roles: ['supervisor'] });
    });

    it.each([
      ['back', -6 * 3_600_000],
      ['forward', 6 * 3_600_000],
    ])('asks for them as soon as ever when the clock was set %s', async (_where, milliseconds) => {
      const authentication = service({ cacheTimeToLiveMs: 50 });
      await authentication.authenticate(anthony);
      await setPerson('anthony', 'employeeType', ['agent']);
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + milliseconds);
      try {
        await new Promise(resolve => setTimeout(resolve, 60));
        expect(await authentication.userOfSession(inDirectory('anthony'))).toMatchObject({ roles: ['agent'] });
      } finally {
        clock.mockRestore();
        await setPerson('anthony', 'employeeType', ['supervisor']);
      }
    });

    it('ends with the person', async () => {
      const authentication = service({ cacheTimeToLiveMs: 0 });
      await changeDirectory(client =>
        client.add('uid=guest,ou=people,dc=example,dc=org', {
          objectClass: 'inetOrgPerson',
          uid: 'guest',
          cn: 'Guest',
          sn: 'G',
          userPassword: 'guest-password',
        }),
      );
      await authentication.authenticate(basic('guest', 'guest-password'));
      expect(await authentication.userOfSession(inDirectory('guest'))).toMatchObject({ name: 'guest' });
      await changeDirectory(client => client.del('uid=guest,ou=people,dc=example,dc=org'));
      expect(await authentication.userOfSession(inDirectory('guest'))).toBeUndefined();
      expect(await store.users.find(inDirectory('guest'))).toBeUndefined();
    });

    it('ends when the way the user came in is closed', async () => {
      await service().authenticate(anthony);
      expect(await service({ enabled: false }).userOfSession(inDirectory('anthony'))).toBeUndefined();
      await store.users.put({ ...local, name: 'emma', contactCenter: 'directory', passwordHash });
      expect(await service().userOfSession({ name: 'emma' })).toBeUndefined();
    });

    it('goes on with what was read last while the directory is away for a moment', async () => {
      const authentication = service({ cacheTimeToLiveMs: 0 });
      await authentication.authenticate(anthony);
      await server.halt();
      try {
        expect(await authentication.userOfSession(inDirectory('anthony'))).toMatchObject({ roles: ['supervisor'] });
        await expect(service({ cacheTimeToLiveMs: 0 }).userOfSession(inDirectory('anthony'))).rejects.toMatchObject(
          unavailable,
        );
      } finally {
        await server.run();
      }
    });
  });

  it('finds the places of agents who never logged in, by name and by id, each in its own contact center', async () => {
    const { directories } = parts();
    const places = new AgentPlaces(store.users, store.contactCenters, directories);
    expect(await places.of('directory', ['john', '4711', 'nobody'])).toEqual([
      { contactCenter: 'directory', path: '/Anthony/John' },
      { contactCenter: 'directory', path: '/Anthony' },
    ]);
    await store.users.put({ ...local, agentHierarchy: '/Lena' });
    expect(await places.of('local', ['lena', 'john'])).toEqual([{ contactCenter: 'local', path: '/Lena' }]);
    expect(await places.of('directory', ['lena'])).toEqual([]);
  });

  it('has one bound for all spellings of a name', async () => {
    const blanks = fc.constantFrom('', ' ', '   ');
    const letters = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 });
    const spelling = fc
      .tuple(letters, blanks, blanks, fc.constantFrom('', '@example.org', '@EXAMPLE.org'))
      .map(([upper, before, after, domain]) => {
        const name = Array.from('anthony', (letter, index) => (upper[index] === true ? letter.toUpperCase() : letter));
        return {
          userName: `${before}${name.join('')}${after}${domain}`,
          contactCenter: domain === '' ? 'directory' : 'domain',
        };
      });
    const spellings = fc.sample(spelling, 40);
    const authentication = service({ cacheTimeToLiveMs: 0 });
    const tried = new Map<string, number>();
    let looked = 0;
    let letIn = 0;
    for (const { userName, contactCenter } of spellings) {
      const user = authentication.authenticate(basic(userName, 'pass:wörd'), { contactCenter });
      if (await user.then(Boolean, () => false)) letIn++;
      const guess = authentication.authenticate(basic(userName, 'wrong'), { contactCenter }, ({ key }) => {
        tried.set(key, (tried.get(key) ?? 0) + 1);
        return (tried.get(key) ?? 0) > 3 ? Promise.reject(new RcsError('RCS_TOO_MANY_REQUESTS')) : Promise.resolve();
      });
      const code = await guess.then(
        () => 'let in',
        (error: unknown) => toRcsError(error).code,
      );
      if (code !== 'RCS_TOO_MANY_REQUESTS') looked++;
    }
    expect(letIn).toBe(spellings.length);
    expect(looked).toBe(3);
  });

  it('counts under the account that was found, whatever the request names, and says where it belongs', async () => {
    const identities: LoginIdentity[] = [];
    const note = (identity: LoginIdentity) => Promise.resolve(void identities.push(identity));
    for (const [name, contactCenter] of [
      ['lena', 'local'],
      ['lena', undefined],
      ['ops', 'local'],
      ['ops', 'elsewhere'],
      ['nobody', 'local'],
      ['nobody', 'elsewhere'],
    ] as const) {
      const guess = service().authenticate(basic(name, 'wrong'), { contactCenter }, note);
      await expect(guess).rejects.toMatchObject(refused);
    }
    const [lena, again, recorder, recorderAgain, nobody, elsewhere] = identities;
    expect(lena).toMatchObject({ kind: 'person', contactCenter: 'local' });
    expect(again).toEqual(lena);
    expect([recorder, recorderAgain]).toEqual(Array(2).fill({ kind: 'service', key: 'recorder' }));
    expect(nobody).toMatchObject({ contactCenter: 'local' });
    expect(elsewhere).not.toHaveProperty('contactCenter');
  });

  it('answers a refusal no sooner for somebody unknown than for somebody known', async () => {
    const { serverSettings } = configurationSchema().parse({ serverSettings: { failedLoginTimeMs: 400 } });
    const authentication = new AuthenticationService(store.users, serverSettings, parts());
    for (const [name, contactCenter] of [
      ['anthony', 'directory'],
      ['nobody', 'directory'],
      ['lena', 'local'],
      ['nobody', 'elsewhere'],
    ] as const) {
      const started = performance.now();
      await expect(authentication.authenticate(basic(name, 'wrong'), { contactCenter })).rejects.toMatchObject(refused);
      // Timers of Node may fire a millisecond early.
      expect(performance.now() - started).toBeGreaterThan(395);
    }
  });
});
