import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as argon2 from '@node-rs/argon2';
import { hashPassword } from '#accounts';
import { configurationSchema, type ServerSettings } from '#platform';
import { openSqliteStore, type Store, type UserContent } from '#store';
import { AuthenticationService } from './authentication.service.js';
import { readCredentials, type Credentials } from './credentials.js';

jest.setTimeout(60_000);

/** The real argon2id, counted. */
const verifications = { count: 0 };
jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual<typeof argon2>('@node-rs/argon2');
  return {
    ...real,
    verify: (...given: Parameters<typeof real.verify>) => {
      verifications.count++;
      return real.verify(...given);
    },
  };
});

const password = 'pass:wörd';
const basic = (userName: string, secret: string): Credentials => ({ scheme: 'basic', userName, password: secret });
const refused = { code: 'RCS_AUTHENTICATION_REQUIRED', publicDetail: undefined };

describe('AuthenticationService', () => {
  let directory = '';
  let store: Store;
  let withoutHash: UserContent;
  let anthony: UserContent;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-authentication-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const passwordHash = await hashPassword(password);
    withoutHash = {
      name: 'anthony',
      enabled: true,
      contactCenter: 'cc-1',
      roles: ['supervisor'],
      privileges: [],
      accessGroups: [],
      partitions: [],
    };
    anthony = { ...withoutHash, passwordHash };
  });
  beforeEach(async () => {
    await store.users.put(anthony);
    verifications.count = 0;
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  function service(settings: Partial<ServerSettings> = {}): AuthenticationService {
    const { serverSettings } = configurationSchema().parse({ serverSettings: { opsUserPassword: 'ops-secret' } });
    return new AuthenticationService(store.users, { ...serverSettings, failedLoginTimeMs: 0, ...settings });
  }

  it('lets a user with the right password in', async () => {
    expect(await service().authenticate(basic('anthony', password))).toMatchObject({ name: 'anthony' });
  });

  it.each([undefined, '', 'Bearer abc', 'Basic ????'])('refuses %p without a hash', async header => {
    await expect(service().authenticate(readCredentials(header))).rejects.toMatchObject(refused);
    expect(verifications.count).toBe(0);
  });

  it.each([
    ['a wrong password', 'anthony', 'wrong'],
    ['an empty password', 'anthony', ''],
    ['a name in another case', 'Anthony', password],
    ['an unknown user', 'nobody', password],
    ['a name of the prototype', '__proto__', password],
  ])('refuses %s, at the price of one hash', async (_, name, secret) => {
    await expect(service().authenticate(basic(name, secret))).rejects.toMatchObject(refused);
    expect(verifications.count).toBe(1);
  });

  it('says the same of an unknown user and of a wrong password', async () => {
    const errors = await Promise.allSettled([
      service().authenticate(basic('anthony', 'wrong')),
      service().authenticate(basic('nobody', 'wrong')),
    ]);
    const texts = errors.map(result => (result.status === 'rejected' ? String(result.reason) : ''));
    expect(texts[0]!.replace('anthony', '?')).toBe(texts[1]!.replace('nobody', '?'));
  });

  it('refuses a user whose password another system checks, at the price of one hash', async () => {
    await store.users.put(withoutHash);
    await expect(service().authenticate(basic('anthony', password))).rejects.toMatchObject(refused);
    expect(verifications.count).toBe(1);
  });

  it('refuses a hash that cannot be read', async () => {
    await store.users.put({ ...anthony, passwordHash: password });
    await expect(service().authenticate(basic('anthony', password))).rejects.toMatchObject(refused);
  });

  it('refuses a disabled user who knows the password, also from memory', async () => {
    const authentication = service();
    await store.users.put({ ...anthony, enabled: false });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(authentication.authenticate(basic('anthony', password))).rejects.toMatchObject(refused);
    }
    expect(verifications.count).toBe(1);
  });

  describe('for clients that send their credentials with every request', () => {
    it('computes the hash once', async () => {
      const authentication = service();
      for (let request = 0; request < 5; request++) await authentication.authenticate(basic('anthony', password));
      expect(verifications.count).toBe(1);
    });

    it('computes it each time for a wrong password', async () => {
      const authentication = service();
      await authentication.authenticate(basic('anthony', password));
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(authentication.authenticate(basic('anthony', 'wrong'))).rejects.toMatchObject(refused);
      }
      expect(verifications.count).toBe(3);
    });

    it('computes it each time when the memory is turned off', async () => {
      const authentication = service({ credentialCacheTimeToLiveMs: 0 });
      await authentication.authenticate(basic('anthony', password));
      await authentication.authenticate(basic('anthony', password));
      expect(verifications.count).toBe(2);
    });

    it('refuses the old password as soon as it was changed', async () => {
      const authentication = service();
      await authentication.authenticate(basic('anthony', password));
      await store.users.put({ ...anthony, passwordHash: await hashPassword('new') });
      await expect(authentication.authenticate(basic('anthony', password))).rejects.toMatchObject(refused);
      expect(await authentication.authenticate(basic('anthony', 'new'))).toBeDefined();
    });

    it('sees a role that was taken away, and a user who was removed, at once', async () => {
      const authentication = service();
      await authentication.authenticate(basic('anthony', password));
      await store.users.put({ ...anthony, roles: [] });
      expect((await authentication.authenticate(basic('anthony', password))).roles).toEqual([]);
      await store.users.remove({ name: 'anthony' });
      await expect(authentication.authenticate(basic('anthony', password))).rejects.toMatchObject(refused);
    });
  });

  it('answers 503 instead of letting hashes pile up', async () => {
    const authentication = service();
    const attempts = Array.from({ length: 200 }, () => authentication.authenticate(basic('nobody', 'wrong')));
    const codes = (await Promise.allSettled(attempts)).map(result =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'let in',
    );
    const refusals = codes.filter(code => code === 'RCS_AUTHENTICATION_REQUIRED').length;
    expect(new Set(codes)).toEqual(new Set(['RCS_AUTHENTICATION_REQUIRED', 'RCS_OVERLOADED']));
    expect(refusals).toBeLessThanOrEqual(68);
    expect(verifications.count).toBe(refusals);
    expect(await authentication.authenticate(basic('anthony', password))).toBeDefined();
  });

  it('fails closed when the store cannot be read', async () => {
    const other = mkdtempSync(join(tmpdir(), 'rcs-authentication-'));
    const closed = await openSqliteStore({ directory: other, auditWriter: 'gateway-1' });
    await closed.close();
    const { serverSettings } = configurationSchema().parse({});
    const authentication = new AuthenticationService(closed.users, serverSettings);
    await expect(authentication.authenticate(basic('anthony', password))).rejects.toMatchObject({
      code: 'RCS_STORE_UNAVAILABLE',
    });
    rmSync(other, { recursive: true });
  });

  describe('for the recorder, the account of the configuration,', () => {
    it('lets it in with the role recorder and no contact center', async () => {
      const user = await service().authenticate(basic('ops', 'ops-secret'));
      expect(user).toMatchObject({ name: 'ops', roles: ['recorder'], privileges: [], accessGroups: [] });
      expect(user).not.toHaveProperty('contactCenter');
    });

    it.each(['', 'ops-secre', 'ops-secret ', 'OPS-SECRET'])('refuses the password %p', async secret => {
      await expect(service().authenticate(basic('ops', secret))).rejects.toMatchObject(refused);
    });

    it('refuses everything while no password is configured', async () => {
      const authentication = new AuthenticationService(store.users, configurationSchema().parse({}).serverSettings);
      for (const secret of ['', 'undefined', 'ops-secret'])
        await expect(authentication.authenticate(basic('ops', secret))).rejects.toMatchObject(refused);
    });

    it('lets it in from where it is bound to alone, at a login and with a session', async () => {
      const bound = service({ opsAddresses: ['10.1.0.0/16', '2001:db8::7'] });
      const account = basic('ops', 'ops-secret');
      for (const address of ['10.1.255.3', '::ffff:10.1.0.9', '2001:db8::7']) {
        expect(await bound.authenticate(account, { address })).toMatchObject({ name: 'ops' });
        expect(await bound.userOfSession({ name: 'ops' }, { address })).toMatchObject({ name: 'ops' });
      }
      for (const address of ['10.2.0.1', '2001:db8::8', 'unknown', '', undefined]) {
        await expect(bound.authenticate(account, { address })).rejects.toMatchObject(refused);
        await expect(bound.userOfSession({ name: 'ops' }, { address })).rejects.toMatchObject(refused);
      }
    });

    it('lets it in with the client certificate that it is bound to alone', async () => {
      const own = 'ab'.repeat(32);
      const bound = service({ opsClientCertificates: [own] });
      const account = basic('ops', 'ops-secret');
      expect(await bound.authenticate(account, { clientCertificate: own })).toMatchObject({ name: 'ops' });
      for (const clientCertificate of [undefined, '', 'cd'.repeat(32)])
        await expect(bound.authenticate(account, { clientCertificate })).rejects.toMatchObject(refused);
      await expect(bound.authenticate(basic('ops', 'wrong'), { clientCertificate: own })).rejects.toMatchObject(
        refused,
      );
    });

    it('cannot be taken over by a local user of the same name', async () => {
      await store.users.put({ ...anthony, name: 'ops', roles: ['admin'] });
      await expect(service().authenticate(basic('ops', password))).rejects.toMatchObject(refused);
      await store.users.remove({ name: 'ops' });
    });
  });
});
