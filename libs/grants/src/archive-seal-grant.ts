import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, text } from './grant-members.js';

/** What the payload of a grant to seal an archive must look like; unknown members are refused. */
const archiveSealGrantSchema = z.strictObject({
  ...frameMembers,
  /** Who asked for the archive. */
  sub: text,
  contactCenter: text,
  /** Id of the archive. */
  archive: z.uuid(),
  /** SHA-256 of its manifest, lower-case hexadecimal. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Has a vault vouch for the manifest of one archive, and write down that it left; signed by a gateway. */
export type ArchiveSealGrant = Readonly<z.output<typeof archiveSealGrantSchema>>;
export type ArchiveSealGrantContent = ContentOf<ArchiveSealGrant>;

/** Signed by gateways; half a minute is enough for one call. */
export const archiveSealGrants: GrantKind<ArchiveSealGrant> = {
  type: 'rcs-archive-seal-grant+jws',
  lifetimeSeconds: 30,
  schema: archiveSealGrantSchema,
};
