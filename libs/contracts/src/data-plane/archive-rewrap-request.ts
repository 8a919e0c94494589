import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/**
 * Where a worker opens media, and has a vault encrypt its session key for the recipient of an archive: by the key that has
 * opened it, so that what is archived opens as well.
 */
export const archiveRewrapPath = '/v1/archive-rewrap';

const base64 = (maximumDigits: number) => z.string().max(maximumDigits);

export const archiveRewrapRequestSchema = z.strictObject({
  /** To play. */
  grant: z.string(),
  /** To rewrap for an archive, for the vault. */
  rewrapGrant: z.string(),
  ...withSetStorage,
  /** As in a media request. */
  envelope: base64(2_000_000).optional(),
  contentTree: base64(12 * 1024 * 1024).optional(),
  /** PEM of the certificate of the recipient; the grant for the vault names its SHA-256. */
  recipient: z.string().max(64 * 1024),
});

export const archiveRewrapReplySchema = z.strictObject({
  /** Base64 of a KeyTransRecipientInfo (RFC 5652, 6.2.1), DER. */
  recipientInfo: z.string().max(64 * 1024),
});

export type ArchiveRewrapRequest = z.output<typeof archiveRewrapRequestSchema>;
export type ArchiveRewrapReply = z.output<typeof archiveRewrapReplySchema>;
