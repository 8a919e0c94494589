import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, text } from './grant-members.js';

/** What the payload of a grant to probe a storage must look like; unknown members are refused. */
const storageProbeGrantSchema = z.strictObject({
  ...frameMembers,
  /** The administrator who asks. */
  sub: text,
  /** Whose storage it is. */
  contactCenter: text,
  /** Kind of the storage, as in media locations. */
  kind: text,
  /** Its base URL. */
  url: z.string().min(1).max(4096),
  /** Which state of a storage that the contact center set for itself; absent: one of the configuration. */
  version: text.optional(),
});

/** Lets a worker see whether a storage answers; it opens no key and reads no media. Signed by a gateway. */
export type StorageProbeGrant = Readonly<z.output<typeof storageProbeGrantSchema>>;
export type StorageProbeGrantContent = ContentOf<StorageProbeGrant>;

/** Signed by gateways; half a minute is enough for one probe. */
export const storageProbeGrants: GrantKind<StorageProbeGrant> = {
  type: 'rcs-storage-probe-grant+jws',
  lifetimeSeconds: 30,
  schema: storageProbeGrantSchema,
};
