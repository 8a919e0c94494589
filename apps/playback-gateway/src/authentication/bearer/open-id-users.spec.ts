import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type GenerateKeyPairResult, type JWTPayload } from 'jose';
import { CertificateAuthority } from '#test/authority/server-authority.js';
import { configurationSchema } from '#platform';
import { openSqliteStore, type Store, type User } from '#store';
import { AuthenticationService } from '../authentication.service.js';
import { readCredentials } from '../credentials.js';
import { ExternalUsers } from '../external-users.js';
import { providerFetcher } from './provider-fetcher.js';
import { OpenIdUsers } from './open-id-users.js';

jest.setTimeout(60_000);

const issuer = 'https://id.example.org/realm';
const refused = { code: 'RCS_AUTHENTICATION_REQUIRED', publicDetail: undefined };
const hour = 3_600_000;

describe(OpenIdUsers.name, () => {
  let work = '';
  let store: Store;
  let provider: Server;
  let ca = '';
  let keys: GenerateKeyPairResult;
  let otherKeys: GenerateKeyPairResult;
  let answer: { status: number; body: string };
  let fetches = 0;

  beforeAll(async () => {
    const validUntil = new Date(Math.floor((Date.now() + hour) / 1000) * 1000);
    const authority = await CertificateAuthority.create({ commonName: 'Provider CA', validUntil });
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
    const { certificatePem, privateKeyPem } = await authority.issue({ commonName: 'provider', ...names, validUntil });
    ca = authority.certificatePem;
    provider = createServer({ cert: certificatePem, key: privateKeyPem }, (_, response) => {
      fetches++;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve));
    work = mkdtempSync(join(tmpdir(), 'rcs-openid-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
    await store.contactCenters.put({ id: 'cc-1', name: 'One' });
    await store.contactCenters.put({ id: 'cc-2', name: 'Two' });
    [keys, otherKeys] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  });

  beforeEach(async () => {
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', use: 'sig' };
    answer = { status: 200, body: JSON.stringify({ keys: [jwk] }) };
    fetches = 0;
  });
  afterEach(async () => {
    for (const user of await store.users.list()) await store.users.remove(user);
  });
  afterAll(async () => {
    await store.close();
    rmSync(work, { recursive: true });
    provider.closeAllConnections();
    await new Promise(resolve => provider.close(resolve));
  });

  function service(changes: object = {}, trust: object = { ca }): { authenticate(header: string): Promise<User> } {
    const { port } = provider.address() as AddressInfo;
    const { openId, serverSettings } = configurationSchema().parse({
      serverSettings: { failedLoginTimeMs: 0 },
      openId: {
        issuer,
        audience: ['recordings'],
        jwksUri: `https://127.0.0.1:${port}/keys`,
        contactCenter: 'cc-1',
        claims: { roles: 'realm_access.roles', privileges: 'privileges', accessGroups: 'groups', partitions: 'parts' },
        ...changes,
      },
    });
    const external = new ExternalUsers(store.users);
    const authentication = new AuthenticationService(store.users, serverSettings, {
      openId: new OpenIdUsers(openId!, store.users, store.contactCenters, external, providerFetcher(openId!, trust)),
    });
    return { authenticate: header => authentication.authenticate(readCredentials(header)) };
  }

  const claims: JWTPayload = {
    iss: issuer,
    aud: 'recordings',
    sub: '1234',
    preferred_username: 'olivia',
    realm_access: { roles: ['supervisor', 'ops', 'unheard-of'] },
    privileges: 'decrypt-recording',
    groups: ['/Anthony', 'not-a-path'],
    parts: ['/sales'],
  };

  async function token(changes: object = {}, head: object = {}, key = keys.privateKey): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iat: now, exp: now + 300, ...claims, ...changes };
    return `Bearer ${await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...head }).sign(key)}`;
  }

  it('lets the bearer of a good token in, with the rights of its claims and never as ops', async () => {
    expect(await service().authenticate(await token())).toMatchObject({
      name: 'olivia',
      contactCenter: 'cc-1',
      roles: ['supervisor'],
      privileges: ['decrypt-recording'],
      accessGroups: ['/Anthony'],
      partitions: ['/sales'],
      source: 'openid',
    });
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<readonly [string, () => Promise<string>]>([
    ['another issuer', () => token({ iss: 'https://id.example.org/other' })],
    ['no issuer', () => token({ iss: undefined })],
    ['another audience', () => token({ aud: 'mail' })],
    ['an audience that only begins alike', () => token({ aud: 'recordings2' })],
    ['no audience', () => token({ aud: undefined })],
    ['an end in the past', () => token({ exp: now() - 120 })],
    ['no end', () => token({ exp: undefined })],
    ['a beginning in the future', () => token({ nbf: now() + 120 })],
    ['an issue time in the future', () => token({ iat: now() + 600 })],
    ['an issue time long ago', () => token({ iat: now() - 7200 })],
    ['no user name', () => token({ preferred_username: undefined })],
    ['a user name that is no text', () => token({ preferred_username: ['olivia'] })],
    ['another key under the known id', () => token({}, {}, otherKeys.privateKey)],
    ['an unknown key id', () => token({}, { kid: 'k2' }, otherKeys.privateKey)],
  ])('refuses a token with %s', async (_, make) => {
    await expect(service().authenticate(await make())).rejects.toMatchObject(refused);
    expect(await store.users.list()).toEqual([]);
  });

  it('refuses a token without a signature, and one signed with the public key as a secret', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = { ...claims, iat: now(), exp: now() + 300 };
    const unsigned = `Bearer ${part({ alg: 'none' })}.${part(body)}.`;
    await expect(service().authenticate(unsigned)).rejects.toMatchObject(refused);
    const secret = Buffer.from(await exportSPKI(keys.publicKey));
    const confused = await new SignJWT(body).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
    await expect(service().authenticate(`Bearer ${confused}`)).rejects.toMatchObject(refused);
  });

  it('refuses a good signature of an algorithm that is not allowed', async () => {
    await expect(service({ algorithms: ['PS256', 'ES256'] }).authenticate(await token())).rejects.toMatchObject(
      refused,
    );
  });

  it('refuses a token that was changed', async () => {
    const [head, body, signature] = (await token()).split('.');
    const richer = JSON.parse(Buffer.from(body!, 'base64url').toString()) as JWTPayload;
    const changed = Buffer.from(JSON.stringify({ ...richer, preferred_username: 'ada' })).toString('base64url');
    await expect(service().authenticate(`${head}.${changed}.${signature}`)).rejects.toMatchObject(refused);
  });

  it.each(['Bearer', 'Bearer ', 'Bearer a.b', 'Bearer ***', `Bearer ${'a'.repeat(20_000)}`])(
    'refuses %.40p',
    async header => {
      await expect(service().authenticate(header)).rejects.toMatchObject(refused);
    },
  );

  it('fetches the keys once, however many tokens and unknown keys there are', async () => {
    const authentication = service();
    const good = await token();
    await Promise.all(Array.from({ length: 20 }, () => authentication.authenticate(good)));
    expect(fetches).toBe(1);
    const unknown = await token({}, { kid: 'k2' }, otherKeys.privateKey);
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(authentication.authenticate(unknown)).rejects.toMatchObject(refused);
    }
    expect(fetches).toBe(1);
  });

  it.each<readonly [string, () => void, object | undefined]>([
    ['answers an error', () => (answer = { status: 500, body: '' }), undefined],
    ['answers no JSON', () => (answer = { status: 200, body: '<html>' }), undefined],
    ['answers no keys', () => (answer = { status: 200, body: '{}' }), undefined],
    ['answers without end', () => (answer = { status: 200, body: ' '.repeat(1_000_000) }), undefined],
    ['has another authority', () => undefined, {}],
  ])('answers 503 when the provider %s', async (_, prepare, trust) => {
    prepare();
    await expect(service({}, trust ?? { ca }).authenticate(await token())).rejects.toMatchObject({
      code: 'RCS_DIRECTORY_UNAVAILABLE',
    });
  });

  it('takes the contact center from a claim, and none that is not there', async () => {
    const authentication = service({ claims: { roles: 'roles', contactCenter: 'tenant' } });
    expect(await authentication.authenticate(await token({ tenant: 'cc-2' }))).toMatchObject({ contactCenter: 'cc-2' });
    await expect(authentication.authenticate(await token({ tenant: 'cc-9' }))).rejects.toMatchObject(refused);
  });

  it('stands beside accounts of the name of another kind and of another contact center, and touches none', async () => {
    const ada = { enabled: true, roles: ['admin'], privileges: [], accessGroups: [], partitions: [] } as const;
    const others = [
      await store.users.put({ ...ada, name: 'olivia', contactCenter: 'cc-1', passwordHash: 'x' }),
      await store.users.put({ ...ada, name: 'olivia', contactCenter: 'cc-1', source: 'configuration-server' }),
      await store.users.put({ ...ada, name: 'olivia', contactCenter: 'cc-2', source: 'openid' }),
    ];
    for (let logins = 0; logins < 2; logins++) {
      const user = await service().authenticate(await token());
      expect(user).toMatchObject({ name: 'olivia', contactCenter: 'cc-1', source: 'openid' });
      expect(user).not.toHaveProperty('passwordHash');
    }
    expect(await store.users.named('olivia')).toEqual(expect.arrayContaining(others));
    expect(await store.users.named('olivia')).toHaveLength(4);
  });

  it('never takes the bearer of a token for the account of the configuration', async () => {
    for (const claims of [{ roles: 'realm_access.roles' }, {}]) {
      const ops = token({ preferred_username: 'ops' });
      await expect(service({ claims }).authenticate(await ops)).rejects.toMatchObject(refused);
    }
  });

  it('uses the local account of the same name where no claim gives roles', async () => {
    const authentication = service({ claims: {} });
    await expect(authentication.authenticate(await token())).rejects.toMatchObject(refused);
    const olivia = { enabled: true, roles: ['agent'], privileges: [], accessGroups: [], partitions: [] } as const;
    await store.users.put({ ...olivia, name: 'olivia', contactCenter: 'cc-1', passwordHash: 'x' });
    expect(await authentication.authenticate(await token())).toMatchObject({ name: 'olivia', roles: ['agent'] });
    await store.users.put({ ...olivia, name: 'olivia', contactCenter: 'cc-1', enabled: false });
    await expect(authentication.authenticate(await token())).rejects.toMatchObject(refused);
  });

  it('is off unless it is configured', async () => {
    const { serverSettings, openId } = configurationSchema().parse({ serverSettings: { failedLoginTimeMs: 0 } });
    expect(openId).toBeUndefined();
    const authentication = new AuthenticationService(store.users, serverSettings);
    await expect(authentication.authenticate(readCredentials(await token()))).rejects.toMatchObject(refused);
    expect(fetches).toBe(0);
  });
});
