import type { GrantContent } from '#grants';
import { RcsError } from '#platform';
import type { MediaFile, Recording } from '#store';

/** The part of a grant that says who wants what. */
export function grantSubject(
  recording: Pick<Recording, 'id' | 'contactCenter'>,
  mediaFile: MediaFile,
  userName: string,
): Pick<GrantContent, 'sub' | 'contactCenter' | 'recording' | 'mediaFile' | 'location'> {
  const { storage, path } = mediaFile.mediaDescriptor;
  if (path === '') throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', 'the media file has no location');
  return {
    sub: userName,
    contactCenter: recording.contactCenter,
    recording: recording.id,
    mediaFile: mediaFile.mediaId,
    location: { storage, path },
  };
}
