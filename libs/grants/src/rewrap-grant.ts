import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, sha256, text } from './grant-members.js';

/** The most envelopes of one grant and call. */
export const maximumRewrapItems = 256;

/** What the payload of a grant to rewrap must look like; unknown members are refused so that both sides mean the same. */
const rewrapGrantSchema = z.strictObject({
  ...frameMembers,
  /** The administrator who started the run. */
  sub: text,
  contactCenter: text,
  /** Id of the run. */
  run: text,
  /** Subject key identifier of the key that opens the envelopes, hexadecimal. */
  from: z.string().regex(/^[0-9a-f]{40}$/),
  /** SHA-256 of the certificate (DER) they get a recipient for. */
  to: sha256,
  /** Whether the recipient of the old key goes. */
  replace: z.boolean(),
  /** `envelopesDigest` of the envelopes in their order. */
  envelopes: sha256,
});

/** Lets a vault encrypt the session keys of these very envelopes for another certificate; signed by a gateway. */
export type RewrapGrant = Readonly<z.output<typeof rewrapGrantSchema>>;
export type RewrapGrantContent = ContentOf<RewrapGrant>;

/** Signed by gateways; half a minute is enough for one call. */
export const rewrapGrants: GrantKind<RewrapGrant> = {
  type: 'rcs-rewrap-grant+jws',
  lifetimeSeconds: 30,
  schema: rewrapGrantSchema,
};

/** One digest for a list of envelopes, which none can be put into or taken out of. */
export function envelopesDigest(envelopes: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const envelope of envelopes) hash.update(createHash('sha256').update(envelope).digest());
  return hash.digest('hex');
}
