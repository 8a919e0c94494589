import { z } from 'zod';
import { milliseconds, secret } from './option-types.js';

const endpoint = z.url({ protocol: /^https$/, error: 'must start with https://' });

/** What the gateway says itself in an authorization request (RFC 6749, OpenID Connect Core 1.0, RFC 7636). */
const ownParameters = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
  'max_age',
];

const moreParameters = z
  .record(z.string().regex(/^[\w.-]{1,64}$/, 'must be the name of a parameter'), z.string().max(1024))
  .superRefine((parameters, context) => {
    for (const name of Object.keys(parameters).filter(candidate => ownParameters.includes(candidate)))
      context.addIssue({ code: 'custom', path: [name], message: 'is set by the gateway itself' });
  });

/** At the token endpoint (OpenID Connect Core 1.0, section 9). */
const clientAuthentications = ['client_secret_basic', 'client_secret_post', 'none'] as const;

/** Log-in to the console at the OpenID provider: the gateway is its client (authorization code flow with PKCE). */
const options = () =>
  z.strictObject({
    clientId: z.string().min(1).describe('What the provider calls this server.'),
    clientSecret: secret
      .refine(value => value !== '', 'must not be empty; leave it out for a public client')
      .optional()
      .describe('None for a public client: PKCE protects its log-ins as well.'),
    clientAuthentication: z
      .enum(clientAuthentications)
      .optional()
      .describe(
        'As the provider has registered this client: how the secret is shown at its token endpoint, or none for a public client. Absent: client_secret_basic where there is a secret.',
      ),
    name: z.string().min(1).max(64).optional().describe('Of the provider, on the button of the log-in page.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'must be a scope without blanks (RFC 6749)'))
      .default(['openid', 'profile'])
      .refine(scopes => scopes.includes('openid'), 'must contain openid'),
    claimsFrom: z
      .enum(['id-token', 'access-token'])
      .default('id-token')
      .describe('Where `openId.claims` stand. An access token must be one that would be good as a bearer token here.'),
    authorizationEndpoint: endpoint
      .optional()
      .describe('Asked of the issuer (OpenID Connect Discovery) where one of both endpoints is missing.'),
    tokenEndpoint: endpoint.optional(),
    endSessionEndpoint: endpoint.optional().describe('Where whoever logs out is led to; asked of the issuer as well.'),
    endProviderSession: z
      .boolean()
      .default(true)
      .describe('Whether whoever logs out here is led to the end of their session at the provider, where it has one.'),
    redirectUri: z
      .url({ protocol: /^https?$/ })
      .refine(url => !/[?#]/.test(url), 'must have neither query nor fragment')
      .optional()
      .describe(
        'Where the provider sends people back to, as it is registered there; `/console/login/openid/callback` below serverSettings.externalUrl when absent.',
      ),
    parameters: moreParameters
      .default({})
      .describe('More parameters of the authorization request, such as `audience` or `resource`.'),
    loginTimeoutMs: milliseconds.default(600_000).describe('How long a log-in at the provider may take.'),
  });

export const openIdLogin = () =>
  options().superRefine(({ clientSecret, clientAuthentication }, context) => {
    if (clientAuthentication === undefined || (clientAuthentication === 'none') === (clientSecret === undefined))
      return;
    const message =
      clientSecret === undefined
        ? 'needs clientSecret; say none for a public client'
        : 'none is for public clients, which have no clientSecret';
    context.addIssue({ code: 'custom', path: ['clientAuthentication'], message });
  });

export type OpenIdLoginSettings = z.output<ReturnType<typeof openIdLogin>>;

interface Addresses {
  readonly openId?: { readonly login?: { readonly redirectUri?: string | undefined } | undefined } | undefined;
  readonly serverSettings: { readonly externalUrl?: string | undefined };
}

/** Refuses log-ins that the provider could send nowhere. */
export function demandRedirectUri({ openId, serverSettings }: Addresses, context: z.RefinementCtx): void {
  if (openId?.login === undefined) return;
  if (openId.login.redirectUri !== undefined || serverSettings.externalUrl !== undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['openId', 'login', 'redirectUri'],
    message: 'name it, or serverSettings.externalUrl: it is where the provider sends people back to',
  });
}
