import type { ForgottenRecording } from '#contracts';
import type { PlaybackGrant } from '#grants';

/**
 * What makes two requests share one session: everything in their grants that the authorities behind a session judge, so
 * that a warm session never gives what a cold one would refuse. The vault judges contact center, recording, media file and
 * envelope; the storages the contact center and the location, in which state of a storage that was set; the content tree the
 * pinned content.
 */
export function sessionIdentity(grant: PlaybackGrant): string {
  const { contactCenter, recording, mediaFile, location, purpose, layout, envelopeDigest, content, storage } = grant;
  return JSON.stringify([
    contactCenter,
    recording,
    mediaFile,
    location.storage,
    location.path,
    purpose,
    layout ?? null,
    envelopeDigest ?? null,
    content?.length ?? null,
    content?.root ?? null,
    storage?.url ?? null,
    storage?.version ?? null,
  ]);
}

/** Whether it is the identity of a session of this recording. */
export const isOf = (identity: string, { contactCenter, recording }: ForgottenRecording): boolean =>
  identity.startsWith(`${JSON.stringify([contactCenter, recording]).slice(0, -1)},`);
