import { splitWindow } from './byte-window.js';
import type { MediaStorageConfiguration } from './media-storage-configuration.js';
import { belongsTo } from './storage-owners.js';
import { hasForbidden, refused, segmentsBelow, segmentsOf, type MediaLocation } from './storage-path.js';

export type { MediaLocation } from './storage-path.js';

/** Where metadata says that media lies. */
export interface LocationDescriptor {
  /** Kind of storage, such as `webDAV`. */
  readonly storage: string;
  /** A URL inside a configured storage, or a path below it; with the window of a member where it is a mounted archive. */
  readonly path: string;
}

const maximumPathLength = 4096;
/** A URL, or what some reader may take for one. Any other name with a colon is a name, in the first segment, too. */
const urlLike = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/|(?:https?|ftps?|file|davs?|webdavs?|smb|data|javascript):)/i;

/**
 * Finds the storage of a contact center that a location lies in; of storages inside each other the innermost. The guard
 * against server-side request forgery, and the wall between contact centers: what is not plainly below the base URL of a
 * storage of this contact center is refused, and the refusal is the same whether nobody's or another one's lies there.
 * @throws RcsError RCS_MEDIA_LOCATION_REFUSED
 */
export function resolveLocation(
  descriptor: LocationDescriptor,
  contactCenter: string,
  storages: readonly MediaStorageConfiguration[],
): MediaLocation {
  const { storage, path: written } = descriptor;
  if (written.length > maximumPathLength) throw refused(`its path has more than ${maximumPathLength} characters`);
  const split = splitWindow(written);
  if (split === undefined) throw refused('what stands behind # is no window of a file');
  const { path, window } = split;
  if (path === '' || /[?#]/.test(path) || hasForbidden(path))
    throw refused('its path is empty or has characters that are not allowed');
  const candidates = storages.flatMap((configuration, index) =>
    configuration.storage.toLowerCase() === storage.toLowerCase() ? [{ url: configuration.url, index }] : [],
  );
  if (candidates.length === 0)
    throw refused(`no storage of kind ${JSON.stringify(storage.slice(0, 32))} is configured`);
  const location = urlLike.test(path) ? locationsOfUrl(path, candidates) : locationsOfPath(path, candidates);
  const own = location.find(place => belongsTo(contactCenter, place, storages));
  if (own === undefined) throw refused('it is in no storage of this contact center');
  return window === undefined ? own : { ...own, window };
}

interface Candidate {
  readonly url: string;
  readonly index: number;
}

/** A path may lie in any storage: the first that the contact center has is meant. */
function locationsOfPath(path: string, candidates: readonly Candidate[]): MediaLocation[] {
  if (path.startsWith('//')) throw refused('it is neither a URL nor a path');
  const segments = segmentsOf(path.replace(/^\//, ''));
  return candidates.map(({ index }) => ({ storageIndex: index, segments }));
}

/** A URL lies in the innermost storage alone, which may be configured for several contact centers. */
function locationsOfUrl(url: string, candidates: readonly Candidate[]): MediaLocation[] {
  const locations = candidates.flatMap(candidate => {
    const segments = segmentsBelow(url, candidate.url);
    return segments === undefined ? [] : [{ storageIndex: candidate.index, segments }];
  });
  const innermost = Math.min(...locations.map(({ segments }) => segments.length));
  return locations.filter(({ segments }) => segments.length === innermost);
}
