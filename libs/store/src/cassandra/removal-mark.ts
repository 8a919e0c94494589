import type { Recording } from '../recordings/recording.js';
import type { SettledRemoval } from '../removal/removal-order-store.js';
import type { RemovalOrder } from '../removal/removal-store.js';

/** A decided removal, as the row of its recording has it until it is finished. From then on it is hidden. */
export interface RemovalMark extends Omit<SettledRemoval, 'mediaFiles' | 'kind'> {
  readonly kind: RemovalOrder['kind'];
  readonly act: string;
}

export const markIn = (removal: string): RemovalMark => JSON.parse(removal) as RemovalMark;

/** The media files that go. */
export const markedFiles = ({ mediaFiles }: Recording, { mediaIds }: Pick<RemovalMark, 'mediaIds'>) =>
  mediaIds === undefined ? mediaFiles : mediaFiles.filter(({ mediaId }) => mediaIds.includes(mediaId));

/** The recording without some of its media files; itself where it has none of them. */
export function withoutMedia(recording: Recording, isGone: (mediaId: string) => boolean): Recording {
  const mediaFiles = recording.mediaFiles.filter(({ mediaId }) => !isGone(mediaId));
  return mediaFiles.length === recording.mediaFiles.length ? recording : { ...recording, mediaFiles };
}
