/**
 * A real OpenID provider (oidc-provider) on 127.0.0.1, as a program of its own: `node provider-program.cjs PORT`, with a
 * JSON line `{cert, key, typ}` on standard input. Says `ready` when it listens. Whoever comes to log in is olivia.
 */
const { once } = require('node:events');
const { createServer } = require('node:https');
const { text } = require('node:stream/consumers');

void (async () => {
  const port = Number(process.argv[2]);
  const { default: Provider } = await import('oidc-provider');
  const { cert, key, typ } = JSON.parse(await text(process.stdin));
  const issuer = `https://127.0.0.1:${port}`;
  const claims = { preferred_username: 'olivia' };

  const provider = new Provider(issuer, {
    clients: [
      {
        // The same name as the service: so its ID tokens have the audience of the service.
        client_id: 'recordings',
        client_secret: 'a secret of the client',
        redirect_uris: ['https://client.example.test/callback'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...claims }) }),
    claims: { openid: ['sub', 'preferred_username'] },
    conformIdTokenClaims: false,
    extraTokenClaims: () => claims,
    features: {
      devInteractions: { enabled: false },
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
    pkce: { required: () => false },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope('https://recordings.example.test', 'listen');
      await grant.save();
      return grant;
    },
  });

  const answer = provider.callback();
  const server = createServer({ cert, key }, (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    return void provider.interactionFinished(request, response, { login: { accountId: 'olivia' } });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write('ready\n');
})();
