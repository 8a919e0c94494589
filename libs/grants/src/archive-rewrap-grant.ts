import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { bindingMembers, frameMembers, sha256, text } from './grant-members.js';

/** What the payload of a grant to rewrap for an archive must look like; unknown members are refused. */
const archiveRewrapGrantSchema = z.strictObject({
  ...frameMembers,
  /** The worker that may show it: no grant of this kind was ever given to nobody. */
  cnf: bindingMembers.cnf.unwrap(),
  /** Who asked for the archive. */
  sub: text,
  contactCenter: text,
  /** Id of the archive. */
  archive: z.uuid(),
  recording: text,
  mediaFile: text,
  /** SHA-256 of the envelope whose session key goes to the recipient of the archive. */
  envelopeDigest: sha256,
  /** SHA-256 of the certificate (DER) of that recipient. */
  recipient: sha256,
});

/** Lets a vault encrypt the session key of one envelope for the recipient of one archive; signed by a gateway. */
export type ArchiveRewrapGrant = Readonly<z.output<typeof archiveRewrapGrantSchema>>;
export type ArchiveRewrapGrantContent = ContentOf<ArchiveRewrapGrant>;

/** Signed by gateways; as long as a worker may take to open the media first. */
export const archiveRewrapGrants: GrantKind<ArchiveRewrapGrant> = {
  type: 'rcs-archive-rewrap-grant+jws',
  lifetimeSeconds: 60,
  schema: archiveRewrapGrantSchema,
};
