import { z } from 'zod';

export const manifestFormat = 'rcs-archive-manifest/1';
/** Names of the last members of every archive: without them it is not whole. */
export const manifestName = 'manifest.json';
export const signatureName = 'manifest.json.p7s';
/** Of the time stamp of the signature, which comes last where there is one. */
export const timeStampName = 'manifest.tsr';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().max(4096);
/** A record of the audit, by which a proof of it can be asked for. */
const auditRecord = z.strictObject({ writer: text, sequence: z.int().min(0) });

const memberSchema = z.strictObject({
  path: z.string().min(1).max(4096),
  length: z.int().min(0),
  sha256,
  /** Of a media file: whose it is, and where the audit says that it was given. */
  recording: text.optional(),
  mediaFile: text.optional(),
  audit: auditRecord.optional(),
});

const leftOutSchema = z.strictObject({
  recording: text,
  mediaFile: text.optional(),
  /** One of docs/errors.md, or what an archive alone says. */
  code: text,
  reason: text,
});

/** What an archive says of itself: unknown members are refused, so that a signature vouches for nothing unread. */
export const manifestSchema = z.strictObject({
  format: z.literal(manifestFormat),
  id: z.uuid(),
  contactCenter: text,
  /** Who asked for it, when, and why. */
  requestedBy: z.strictObject({ user: text, source: text.optional(), address: text.optional(), requestId: text }),
  requestedAt: z.iso.datetime(),
  reason: text,
  /** What was asked for, as it was sent. */
  selection: z.record(z.string(), z.unknown()),
  finishedAt: z.iso.datetime(),
  recordings: z.int().min(0),
  mediaFiles: z.int().min(0),
  /** The one certificate that it was made for, where that is so, and how many media files have an envelope for it instead of their own. */
  recipient: z.strictObject({ fingerprint: sha256, subject: text, rewrapped: z.int().min(0) }).optional(),
  /** The record that was written before the first byte, and its proof. */
  audit: auditRecord,
  /** How many records of the audit are proved in `audit-proofs.json` of the recordings; absent where there are none. */
  auditProofs: z.int().min(0).optional(),
  /**
   * Of the signature of this manifest (RFC 3161): `follows`, and without it the archive is not whole, or `missing`, because
   * the authority gave none. Absent where none was wanted.
   */
  timeStamp: z.enum(['follows', 'missing']).optional(),
  members: z.array(memberSchema),
  leftOut: z.array(leftOutSchema),
});

export type ArchiveManifest = Readonly<z.output<typeof manifestSchema>>;
export type ManifestMember = ArchiveManifest['members'][number];
export type TimeStampState = NonNullable<ArchiveManifest['timeStamp']>;
export type LeftOut = ArchiveManifest['leftOut'][number];

/** A line for each member, so that people can read it, and two of them be compared. */
export function manifestText({ members, leftOut, ...about }: ArchiveManifest): Buffer {
  const lines = (list: readonly object[]): string =>
    list.length === 0 ? '[]' : `[\n    ${list.map(entry => JSON.stringify(entry)).join(',\n    ')}\n  ]`;
  const head = JSON.stringify(about, null, 2).replace(/\n\}$/, '');
  return Buffer.from(`${head},\n  "members": ${lines(members)},\n  "leftOut": ${lines(leftOut)}\n}\n`);
}
