import { namesWindow } from '#media-storage';
import { RcsError } from '#platform';
import type { Recording } from '#store';

/** Whether a recording lies in a mounted archive: its media are bytes of it, and are only read. */
export const isMounted = ({ mediaFiles }: Pick<Recording, 'mediaFiles'>): boolean =>
  mediaFiles.some(({ mediaDescriptor }) => namesWindow(mediaDescriptor.path));

/** Whether all its media lie in this archive: bytes of the file, or files below the folder into which it was unpacked. */
export const isMountedFrom = (
  { mediaFiles }: Pick<Recording, 'mediaFiles'>,
  { storage, path }: { readonly storage: string; readonly path: string },
): boolean =>
  mediaFiles.every(
    ({ mediaDescriptor: found }) =>
      namesWindow(found.path) &&
      found.storage.toLowerCase() === storage.toLowerCase() &&
      found.path.startsWith(path.endsWith('/') ? path : `${path}#`),
  );

/** @throws RcsError RCS_RECORDING_READ_ONLY where its media could not be removed with it */
export function refuseMounted(recording: Pick<Recording, 'id' | 'mediaFiles'>): void {
  if (isMounted(recording))
    throw new RcsError('RCS_RECORDING_READ_ONLY', `recording ${recording.id} lies in a mounted archive`);
}
