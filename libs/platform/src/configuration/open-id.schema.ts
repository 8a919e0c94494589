import { z } from 'zod';
import { openIdLogin } from './open-id-login.schema.js';
import { milliseconds, secret, trustedCA } from './option-types.js';

const claim = z.string().min(1);

/** Bearer tokens of one OpenID provider (RFC 6750, RFC 9068), and log-in there; nothing of it is in force without this section. */
export const openIdProvider = () =>
  z.strictObject({
    issuer: z.url({ protocol: /^https?$/ }).describe('Exactly the `iss` of its tokens.'),
    audience: z.array(z.string().min(1)).min(1).describe('A token must be meant for one of these.'),
    jwksUri: z.url({ protocol: /^https$/, error: 'must start with https://' }).describe('Where its public keys are.'),
    openIdTrustedCA: trustedCA,
    openIdJksPassword: secret.optional().describe('Of the keystore that openIdTrustedCA names.'),
    contactCenter: z
      .string()
      .min(1)
      .optional()
      .describe('Contact center of all its users; or the claim that names it.'),
    claims: z
      .strictObject({
        userName: claim
          .default('preferred_username')
          .describe('Claims within claims are written with dots, such as realm_access.roles.'),
        contactCenter: claim.optional(),
        roles: claim
          .optional()
          .describe('Without it a user has what the local account of the same name has, and there must be one.'),
        privileges: claim.optional(),
        accessGroups: claim.optional(),
        partitions: claim.optional(),
        agentHierarchy: claim.optional(),
      })
      .prefault({}),
    algorithms: z
      .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
      .min(1)
      .default(['RS256', 'PS256', 'ES256'])
      .describe('Of signatures that are accepted.'),
    tokenType: z
      .enum(['at+jwt', 'JWT'])
      .default('at+jwt')
      .describe(
        'The `typ` of access tokens (RFC 9068). JWT for providers that say no more than this: a token must then show by its claims that it is an access token and no ID token.',
      ),
    clockToleranceMs: z.int().min(0).max(300_000).default(30_000).describe('How far the clocks may differ.'),
    maxTokenAgeMs: milliseconds
      .default(3_600_000)
      .describe('A token older than this is refused even when it has not expired.'),
    jwksCacheMs: milliseconds.default(600_000).describe('How long its public keys are remembered.'),
    jwksCooldownMs: milliseconds.default(30_000).describe('Between two fetches that unknown key ids may cause.'),
    timeoutMs: milliseconds.default(5000).describe('For each question to the provider.'),
    login: openIdLogin().optional().describe('Log-in to the console at the provider; there is none without it.'),
  });

export type OpenIdSettings = z.output<ReturnType<typeof openIdProvider>>;
