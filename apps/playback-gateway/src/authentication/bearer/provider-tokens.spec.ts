import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { OpenIdProvider } from '#test/open-id/open-id-provider.js';
import { CertificateAuthority } from '#certificates';
import { configurationSchema } from '#platform';
import { openSqliteStore, type Store, type User } from '#store';
import { AuthenticationService } from '../authentication.service.js';
import { readCredentials } from '../credentials.js';
import { ExternalUsers } from '../external-users.js';
import { providerFetcher } from './provider-fetcher.js';
import { OpenIdUsers } from './open-id-users.js';

jest.setTimeout(180_000);

const refused = { code: 'RCS_AUTHENTICATION_REQUIRED' };

describe.each([
  ['that says at+jwt (RFC 9068)', undefined, 'at+jwt'],
  ['that says JWT', 'JWT', 'JWT'],
])('tokens of a real OpenID provider %s', (_, typ, tokenType) => {
  let work = '';
  let store: Store;
  let provider: OpenIdProvider;
  let ca = '';

  beforeAll(async () => {
    const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
    const authority = await CertificateAuthority.create({ commonName: 'Provider CA', validUntil });
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
    const { certificatePem, privateKeyPem } = await authority.issue({ commonName: 'provider', ...names, validUntil });
    ca = authority.certificatePem;
    const said = typ === undefined ? {} : { typ };
    provider = await OpenIdProvider.start({ cert: certificatePem, key: privateKeyPem, ca, ...said });
    work = mkdtempSync(join(tmpdir(), 'rcs-provider-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
    await store.contactCenters.put({ id: 'cc-1', name: 'One' });
    const rights = { roles: ['agent'], privileges: [], accessGroups: [], partitions: [] } as const;
    await store.users.put({ ...rights, name: 'olivia', enabled: true, contactCenter: 'cc-1' });
  });
  afterAll(async () => {
    await provider?.stop();
    await store?.close();
    rmSync(work, { recursive: true, force: true });
  });

  function service(changes: object = {}): { authenticate(header: string): Promise<User> } {
    const { issuer, jwksUri } = provider;
    const { openId, serverSettings } = configurationSchema().parse({
      serverSettings: { failedLoginTimeMs: 0 },
      openId: { issuer, audience: ['recordings'], jwksUri, contactCenter: 'cc-1', tokenType, ...changes },
    });
    const external = new ExternalUsers(store.users);
    const authentication = new AuthenticationService(store.users, serverSettings, {
      openId: new OpenIdUsers(openId!, store.users, store.contactCenters, external, providerFetcher(openId!, { ca })),
    });
    return { authenticate: header => authentication.authenticate(readCredentials(header)) };
  }

  it('let in with an access token, and never with an ID token of the same audience', async () => {
    for (const nonce of [undefined, 'a nonce of the client']) {
      const { accessToken, idToken } = await provider.logIn(nonce);
      expect(decodeProtectedHeader(accessToken).typ).toBe(typ ?? 'at+jwt');
      for (const token of [accessToken, idToken]) expect(decodeJwt(token)).toMatchObject({ aud: 'recordings' });
      expect(await service().authenticate(`Bearer ${accessToken}`)).toMatchObject({ name: 'olivia' });
      for (const type of ['at+jwt', 'JWT']) {
        const attempt = service({ tokenType: type }).authenticate(`Bearer ${idToken}`);
        await expect(attempt).rejects.toMatchObject(refused);
      }
    }
  });

  it('of another type than the configured one are refused unless they show what they are', async () => {
    const { accessToken } = await provider.logIn();
    const attempt = service({ tokenType: 'at+jwt' }).authenticate(`Bearer ${accessToken}`);
    if (typ === 'JWT') await expect(attempt).rejects.toMatchObject(refused);
    else expect(await attempt).toMatchObject({ name: 'olivia' });
  });
});
