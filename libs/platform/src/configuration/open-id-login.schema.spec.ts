import { configurationSchema } from './configuration.schema.js';

const provider = { issuer: 'https://id.example', audience: ['recordings'], jwksUri: 'https://id.example/jwks' };
const parsed = (login: object, serverSettings: object = { externalUrl: 'https://rcs.example' }) =>
  configurationSchema().safeParse({ openId: { ...provider, login }, serverSettings });
const problem = (login: object, serverSettings?: object): string | undefined => {
  const [issue] = parsed(login, serverSettings).error?.issues ?? [];
  return issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.message}`;
};

describe('openId.login', () => {
  it('needs a client id, and an address to come back to', () => {
    expect(parsed({ clientId: 'rcs' }).data?.openId?.login).toMatchObject({
      scopes: ['openid', 'profile'],
      claimsFrom: 'id-token',
      endProviderSession: true,
      parameters: {},
    });
    expect(problem({ clientId: 'rcs' }, {})).toMatch(
      /^openId\.login\.redirectUri: name it, or serverSettings\.externalUrl/,
    );
    expect(
      problem({ clientId: 'rcs', redirectUri: 'https://rcs.example/console/login/openid/callback' }, {}),
    ).toBeUndefined();
  });

  it.each([
    [{ scopes: ['profile'] }, 'openId.login.scopes: must contain openid'],
    [{ scopes: ['openid', 'a b'] }, 'must be a scope without blanks'],
    [{ parameters: { state: 'x' } }, 'openId.login.parameters.state: is set by the gateway itself'],
    [{ parameters: { redirect_uri: 'https://evil.example' } }, 'is set by the gateway itself'],
    [{ tokenEndpoint: 'http://id.example/token' }, 'must start with https://'],
    [{ redirectUri: 'https://rcs.example/back?x=1' }, 'must have neither query nor fragment'],
    [{ clientSecret: '' }, 'leave it out for a public client'],
    [{ clientAuthentication: 'client_secret_post' }, 'openId.login.clientAuthentication: needs clientSecret'],
    [{ clientAuthentication: 'none', clientSecret: 'x' }, 'none is for public clients'],
    [{ clientAuthentication: 'private_key_jwt' }, 'openId.login.clientAuthentication'],
  ])('refuses %j', (login, said) => {
    expect(problem({ clientId: 'rcs', ...login })).toContain(said);
  });
});
