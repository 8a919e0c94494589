import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, text } from './grant-members.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';

/** An administrator must have shown their password (or their token its issue) at most this long ago, seconds. */
export const maximumAuthenticationAgeSeconds = 900;

/** What the payload of a grant to administer a key must look like; unknown members are refused. */
const administrationGrantSchema = z.strictObject({
  ...frameMembers,
  /** The administrator. */
  sub: text,
  /** When they authenticated, seconds since the epoch: `auth_time` of OpenID Connect. */
  auth_time: z.int(),
  /** Theirs: keys of no other are touched. */
  contactCenter: text,
  act: z.enum(['import', 'generate', 'self-sign', 'attach', 'disable', 'enable']),
  /** Of the certificate; empty where it is the key's own. */
  alias: z.string().max(1024),
  /** Subject key identifier, hexadecimal; of keys that exist already. */
  keyIdentifier: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  /** SHA-256 of the certificate (DER), where the act brings one. */
  certificate: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** To disable: sources whose recordings the gateway cannot list. Operators must have named them, too. */
  unlistableSources: z.array(text).max(100).optional(),
});

/**
 * Lets a gateway do one thing to one key of one contact center, once, because an administrator of that contact center
 * asked for it who has just authenticated; signed by the gateway.
 */
export type AdministrationGrant = Readonly<z.output<typeof administrationGrantSchema>>;
export type AdministrationGrantContent = ContentOf<AdministrationGrant>;

/** Signed by gateways. */
export const administrationGrants: GrantKind<AdministrationGrant> = {
  type: 'rcs-administration-grant+jws',
  lifetimeSeconds: maximumGrantLifetimeSeconds,
  schema: administrationGrantSchema,
};
