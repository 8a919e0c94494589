import { parseQuery } from '#platform';
import { HawkAuthentication, type HawkRequest } from './hawk-authentication.js';
import type { HawkCredentials, HawkKey } from './hawk-credentials.js';
import { scopeQuerySchema } from './key-manager-requests.js';
import type { ReplayGuard } from './replay-guard.js';

describe(HawkAuthentication.name, () => {
  const request = (): HawkRequest => ({
    method: 'GET',
    target: '/key-management/v1/keypair',
    host: 'keys.example.org',
    port: 443,
    authorization: `Hawk id="genesys", ts="${Math.floor(Date.now() / 1000)}", nonce="n1", mac="${'A'.repeat(43)}="`,
    contentType: '',
  });
  const refusalOf = async (keys: readonly HawkKey[]): Promise<unknown> => {
    const credentials = { keysOf: () => Promise.resolve(keys) } as unknown as HawkCredentials;
    const replays = { isFirst: () => Promise.resolve(true) } as unknown as ReplayGuard;
    const options = { timestampSkewSeconds: 60, allowUnsignedQuery: true };
    return new HawkAuthentication(credentials, replays, options)
      .authenticate(request())
      .catch((error: unknown) => error);
  };

  it('says for the audit why a revoked or unknown id is refused, and to the caller what it says to all', async () => {
    const toAll = { challenge: 'Hawk', publicDetail: 'you are not authorized to this endpoint' };
    expect(await refusalOf([])).toMatchObject({ message: 'Hawk: no credential of this id is in force', ...toAll });
    expect(await refusalOf([{ key: 'k'.repeat(40), owner: 'cc-1' }])).toMatchObject({
      message: 'Hawk: Bad mac',
      ...toAll,
    });
  });
});

it('a contact center that is misspelled in a query is refused, not passed over', () => {
  expect(() => parseQuery(scopeQuerySchema, { contactcenter: 'cc-1' })).toThrow(
    expect.objectContaining({ publicDetail: 'the query: Unrecognized key: "contactcenter"' }) as Error,
  );
});
