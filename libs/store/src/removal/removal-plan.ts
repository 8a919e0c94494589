import type { MediaFile, Recording } from '../recordings/recording.js';
import { isInForce, type LegalHold } from './legal-hold.js';

/** What may stand against the removal of a recording. */
export interface Obstacles {
  readonly isProtected: boolean;
  readonly holds: readonly Pick<LegalHold, 'mediaId' | 'until'>[];
}

/** Which media files of a recording may go now, and which must stay. */
export interface RemovalPlan {
  readonly removed: readonly MediaFile[];
  readonly kept: readonly MediaFile[];
  /** What keeps the latter. */
  readonly keptBy: 'protection' | 'hold' | undefined;
}

/** @param now milliseconds since the epoch; holds that ended before keep nothing. */
export function removalPlan({ mediaFiles }: Recording, { isProtected, holds }: Obstacles, now: number): RemovalPlan {
  if (isProtected) return { removed: [], kept: mediaFiles, keptBy: 'protection' };
  const inForce = holds.filter(hold => isInForce(hold, now));
  if (inForce.length === 0) return { removed: mediaFiles, kept: [], keptBy: undefined };
  const isHeld = ({ mediaId }: MediaFile): boolean =>
    inForce.some(hold => hold.mediaId === undefined || hold.mediaId === mediaId);
  const kept = mediaFiles.filter(isHeld);
  // A hold on a media file that is not there any more keeps what is left of the recording.
  if (kept.length === 0) return { removed: [], kept: mediaFiles, keptBy: 'hold' };
  return { removed: mediaFiles.filter(file => !isHeld(file)), kept, keptBy: 'hold' };
}
