import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, text } from './grant-members.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';

/** What the payload of an operator's grant must look like; unknown members are refused. */
const operatorGrantSchema = z.strictObject({
  ...frameMembers,
  /** Who sat at the terminal, as the machine says: `user@host`. Who signed is proved by the certificate. */
  sub: text,
  purpose: z.enum(['decrypt', 'verify']),
  /** Name of the file, for the journal. */
  file: text,
  /** Only keys of this contact center; of every one where it is absent. */
  contactCenter: text.optional(),
  /** SHA-256 of the envelope, lower-case hexadecimal. */
  envelopeDigest: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * An operator's own demand for one session key, signed by themselves with the key of a certificate that the vault's
 * configuration names. It stands in for the grant of a gateway where a file is opened outside of any playback.
 */
export type OperatorGrant = Readonly<z.output<typeof operatorGrantSchema>>;
export type OperatorGrantContent = ContentOf<OperatorGrant>;

/** Signed with the key of an operator's own certificate. */
export const operatorGrants: GrantKind<OperatorGrant> = {
  type: 'rcs-operator-grant+jws',
  lifetimeSeconds: maximumGrantLifetimeSeconds,
  schema: operatorGrantSchema,
};
