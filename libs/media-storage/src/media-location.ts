import { RcsError } from '#platform';
import type { MediaStorageConfiguration } from './media-storage-configuration.js';

/** Where metadata says that media lies. */
export interface MediaDescriptor {
  /** Kind of storage, such as `webDAV`. */
  readonly storage: string;
  /** A URL inside a configured storage, or a path below it. */
  readonly path: string;
}

/** A place inside a configured storage; nothing else can be fetched. */
export interface MediaLocation {
  /** Which of the configured storages. */
  readonly storageIndex: number;
  /** Names below the base URL, decoded. */
  readonly segments: readonly string[];
}

const maximumPathLength = 4096;
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** Characters that make two readers of a URL disagree, and halves of characters that no URL can carry. */
const forbiddenInNames = /[\\\p{Cc}\p{Cs}\u2028\u2029]/u;
/** Escapes that a second decoding somewhere on the way would turn into separators or dots. */
const hiddenSeparator = /%(?:2e|2f|5c|00)/i;

/**
 * Finds the storage a location lies in; of storages inside each other the innermost. The guard against server-side
 * request forgery: what is not plainly below a configured base URL is refused.
 * @throws RcsError RCS_MEDIA_LOCATION_REFUSED
 */
export function resolveLocation(
  descriptor: MediaDescriptor,
  storages: readonly MediaStorageConfiguration[],
): MediaLocation {
  const { storage, path } = descriptor;
  if (path.length > maximumPathLength) throw refused(`its path has more than ${maximumPathLength} characters`);
  if (path === '' || /[?#]/.test(path) || forbiddenInNames.test(path) || hiddenSeparator.test(path))
    throw refused('its path is empty or has characters that are not allowed');
  const candidates = storages.flatMap((configuration, index) =>
    configuration.storage.toLowerCase() === storage.toLowerCase() ? [{ url: configuration.url, index }] : [],
  );
  const [first] = candidates;
  if (first === undefined) throw refused(`no storage of kind ${JSON.stringify(storage.slice(0, 32))} is configured`);
  if (!scheme.test(path)) {
    if (path.startsWith('//')) throw refused('it is neither a URL nor a path');
    return { storageIndex: first.index, segments: segmentsOf(path.replace(/^\//, '')) };
  }
  const [innermost] = candidates
    .flatMap(({ url, index }) => {
      const segments = segmentsBelow(path, url);
      return segments === undefined ? [] : [{ storageIndex: index, segments }];
    })
    .sort((one, other) => one.segments.length - other.segments.length);
  if (innermost === undefined) throw refused('its URL is in no configured storage');
  return innermost;
}

/** The names of `url` below `base`; undefined when it lies elsewhere. */
function segmentsBelow(url: string, base: string): readonly string[] | undefined {
  const [theirs, ours] = [split(url), split(base)];
  if (theirs === undefined || ours === undefined || ours.origin !== theirs.origin) return undefined;
  const basePath = ours.path.replace(/^\/+|\/+$/g, '');
  const baseSegments = basePath === '' ? [] : segmentsOf(basePath);
  const segments = segmentsOf(theirs.path.slice(1));
  if (segments.length <= baseSegments.length) return undefined;
  return baseSegments.every((segment, index) => segment === segments[index])
    ? segments.slice(baseSegments.length)
    : undefined;
}

/** Scheme, host and port in normal form, the path untouched: a parser that resolves dots would hide them. */
function split(url: string): { origin: string; path: string } | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/@]*)(\/.*)?$/.exec(url);
  if (match === null) return undefined;
  const [, prefix = '', authority = '', path = '/'] = match;
  try {
    const { protocol, host } = new URL(`${prefix}${authority}/`);
    return { origin: `${protocol}//${host}`, path };
  } catch {
    return undefined;
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').map(written => {
    const segment = decoded(written);
    if (segment === '' || segment === '.' || segment === '..') throw refused('its path has empty or dotted segments');
    if (segment.includes('/') || forbiddenInNames.test(segment) || hiddenSeparator.test(segment))
      throw refused('its path has hidden separators or control characters');
    return segment;
  });
}

/** Percent-decoded once; a percent sign that begins no escape stands for itself. */
function decoded(segment: string): string {
  try {
    return segment.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeURIComponent);
  } catch {
    throw refused('its path has escapes that are no UTF-8');
  }
}

const refused = (why: string): RcsError =>
  new RcsError('RCS_MEDIA_LOCATION_REFUSED', `media location refused: ${why}`, { publicDetail: why });
