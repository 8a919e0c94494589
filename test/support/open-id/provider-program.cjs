/**
 * A real OpenID provider (oidc-provider) on 127.0.0.1, as a program of its own: `node provider-program.cjs PORT`, with a
 * JSON line `{cert, key, typ, redirectUris, people, clientAuthentication}` on standard input. Says `ready` when it listens. Whoever comes to log in
 * is olivia; where there are `people` (their claims by name), a page asks who it is.
 */
const { once } = require('node:events');
const { createServer } = require('node:https');
const { text } = require('node:stream/consumers');

void (async () => {
  const port = Number(process.argv[2]);
  const { default: Provider } = await import('oidc-provider');
  const {
    cert,
    key,
    typ,
    people,
    clientAuthentication = 'client_secret_basic',
    redirectUris = ['https://client.example.test/callback'],
  } = JSON.parse(await text(process.stdin));
  const issuer = `https://127.0.0.1:${port}`;
  const claimsOf = person => people?.[person] ?? { preferred_username: 'olivia' };
  const names = [...new Set(Object.values(people ?? { olivia: claimsOf() }).flatMap(Object.keys))];

  const provider = new Provider(issuer, {
    clients: [
      {
        // The same name as the service: so its ID tokens have the audience of the service.
        client_id: 'recordings',
        ...(clientAuthentication === 'none' ? {} : { client_secret: 'a secret of the client' }),
        token_endpoint_auth_method: clientAuthentication,
        redirect_uris: redirectUris,
        post_logout_redirect_uris: redirectUris.map(uri => new URL('../../../console', uri).href),
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...claimsOf(accountId) }) }),
    claims: { openid: ['sub', ...names], profile: [] },
    conformIdTokenClaims: false,
    extraTokenClaims: (_, { accountId }) => claimsOf(accountId),
    features: {
      devInteractions: { enabled: false },
      // Its own page loads a font of somebody else.
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(context, form) {
          const button = '<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>';
          context.body = `<!doctype html><title>Provider</title>${form}${button}`;
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://recordings.example.test',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'listen',
          audience: 'recordings',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt(_, token, parts) {
          if (typ !== undefined) parts.header = { ...parts.header, typ };
          return parts;
        },
      },
    },
    pkce: { required: () => people !== undefined },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      grant.addResourceScope('https://recordings.example.test', 'listen');
      await grant.save();
      return grant;
    },
  });

  const answer = provider.callback();
  const link = name => `<li><a href="?as=${encodeURIComponent(name)}">${name}</a></li>`;
  const whoIsThere = () =>
    `<!doctype html><title>Provider</title><h1>Who are you?</h1><ul>${Object.keys(people).map(link).join('')}</ul><a href="?no=thanks">Cancel</a>`;

  const server = createServer({ cert, key }, (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    const { searchParams } = new URL(request.url, issuer);
    if (people !== undefined && searchParams.has('no'))
      return void provider.interactionFinished(request, response, {
        error: 'access_denied',
        error_description: 'they said no',
      });
    const accountId = people === undefined ? 'olivia' : searchParams.get('as');
    if (accountId === null) return void response.setHeader('content-type', 'text/html').end(whoIsThere());
    return void provider.interactionFinished(request, response, { login: { accountId } });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write('ready\n');
})();
