import { hash } from 'node:crypto';
import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, sha256, text } from './grant-members.js';

/** A grant lives at most this long, seconds. */
export const maximumGrantLifetimeSeconds = 60;
/** Clocks of two machines may differ by this much, seconds. */
export const clockToleranceSeconds = 5;

/** What the payload of a grant must look like; unknown members are refused so that both sides mean the same. */
const playbackGrantSchema = z.strictObject({
  ...frameMembers,
  /** The user who listens. */
  sub: text,
  contactCenter: text,
  recording: text,
  mediaFile: text,
  /** Where the media lies; a worker fetches nothing else. */
  location: z.strictObject({ storage: text, path: z.string().min(1).max(4096) }),
  /**
   * The storage that the contact center set for itself, by its base URL, and which state of it; absent: the location lies in a
   * storage of the configuration. Its credentials come beside the grant, which more people read than need them.
   */
  storage: z.strictObject({ url: z.string().min(1).max(4096), version: text }).optional(),
  /**
   * `inspect` lets a worker look at the head of the stored file, `remove` lets it remove the file, and `archive` answer an
   * encrypted file as it is; `archive-part` lets it write a part of an archive at the place, and read it. Only `play` opens keys.
   */
  purpose: z.enum(['play', 'inspect', 'remove', 'archive', 'archive-part']),
  /** SHA-256 of the certificate (DER) that a plain file is encrypted for on its way into an archive. */
  recipient: sha256.optional(),
  /** How the media is stored; absent while nobody has looked. */
  layout: z.enum(['detached', 'attached', 'plain']).optional(),
  /** SHA-256 of the envelope, lower-case hexadecimal; present for everything that is encrypted. */
  envelopeDigest: sha256.optional(),
  /** The stored file as it was pinned: its length and, where a content tree was made, the root of that. */
  content: z.strictObject({ length: z.int().min(0), root: sha256.optional() }).optional(),
});

/** Says who may listen to which media file until when; signed by a gateway, demanded by workers and vaults. */
export type PlaybackGrant = Readonly<z.output<typeof playbackGrantSchema>>;
export type GrantContent = ContentOf<PlaybackGrant>;

/** Signed by gateways. */
export const playbackGrants: GrantKind<PlaybackGrant> = {
  type: 'rcs-grant+jws',
  lifetimeSeconds: maximumGrantLifetimeSeconds,
  schema: playbackGrantSchema,
};
export type MediaLayout = NonNullable<PlaybackGrant['layout']>;

/** The digest of an envelope as grants name it. */
export function envelopeDigest(envelope: Uint8Array): string {
  return hash('sha256', envelope, 'hex');
}
