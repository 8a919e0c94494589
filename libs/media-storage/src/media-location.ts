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

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** Characters that no name of a media file has, and that make two readers of a URL disagree. */
const forbidden = /[\\?#\p{Cc}\u2028\u2029]/u;
/** Escapes that a second decoding somewhere on the way would turn into separators or dots. */
const hiddenSeparator = /%(?:2e|2f|5c|00)/i;

/**
 * Finds the storage a location lies in. The guard against server-side request forgery: what is not plainly below a
 * configured base URL is refused.
 * @throws RcsError RCS_MEDIA_LOCATION_REFUSED
 */
export function resolveLocation(
  descriptor: MediaDescriptor,
  storages: readonly MediaStorageConfiguration[],
): MediaLocation {
  const { storage, path } = descriptor;
  if (path === '' || forbidden.test(path) || hiddenSeparator.test(path))
    throw refused('its path has characters that are not allowed');
  const candidates = storages.flatMap((configuration, index) =>
    configuration.storage.toLowerCase() === storage.toLowerCase() ? [{ configuration, index }] : [],
  );
  if (candidates.length === 0)
    throw refused(`no storage of kind ${JSON.stringify(storage.slice(0, 32))} is configured`);
  if (!scheme.test(path)) {
    const [first] = candidates;
    if (first === undefined || path.startsWith('//')) throw refused('it is neither a URL nor a path');
    return { storageIndex: first.index, segments: segmentsOf(path.replace(/^\//, '')) };
  }
  for (const { configuration, index } of candidates) {
    const below = pathBelow(path, configuration.url);
    if (below !== undefined) return { storageIndex: index, segments: segmentsOf(below) };
  }
  throw refused('its URL is in no configured storage');
}

/** The part of `url` below `base`, as it is written; undefined when it lies elsewhere. */
function pathBelow(url: string, base: string): string | undefined {
  const [theirs, ours] = [split(url), split(base)];
  if (theirs === undefined || ours?.origin !== theirs.origin) return undefined;
  const prefix = `${ours.path.replace(/\/+$/, '')}/`;
  return theirs.path.startsWith(prefix) ? theirs.path.slice(prefix.length) : undefined;
}

/** Scheme, host and port in normal form, the path untouched: a parser that resolves dots would hide them. */
function split(url: string): { origin: string; path: string } | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/@]*)(\/.*)$/.exec(url);
  if (match === null) return undefined;
  const [, prefix = '', authority = '', path = ''] = match;
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
    if (segment.includes('/') || forbidden.test(segment.replace(/[?#]/g, '')) || hiddenSeparator.test(segment)) {
      throw refused('its path has hidden separators');
    }
    return segment;
  });
}

/** Percent-decoded once; a percent sign that begins no escape stands for itself. */
function decoded(segment: string): string {
  if (!/%[0-9A-Fa-f]{2}/.test(segment)) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const refused = (why: string): RcsError => new RcsError('RCS_MEDIA_LOCATION_REFUSED', `media location refused: ${why}`);
