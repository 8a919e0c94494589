import { RcsError } from '#platform';
import type { ByteWindow } from './byte-window.js';

/** A place inside a configured storage; nothing else can be fetched. */
export interface MediaLocation {
  /** Which of the configured storages. */
  readonly storageIndex: number;
  /** Names below the base URL, decoded. */
  readonly segments: readonly string[];
  /** Absent: the whole file. */
  readonly window?: ByteWindow;
}

/** Characters that make two readers of a URL disagree, and halves of characters that no URL can carry. */
const forbiddenInNames = /[\\\p{Cc}\p{Cs}\u2028\u2029]/u;
/** Escaped separators: no name has one. An escaped dot is a dot (RFC 3986, 6.2.2.2), and judged as one. */
const hiddenSeparator = /%(?:2f|5c|00)/i;
/** What is left of escapes once they are decoded, and a second decoding somewhere on the way would decode again. */
const doubleEscape = /%(?:2e|2f|5c|00)/i;

/** Of a path as it is written. */
export const hasForbidden = (path: string): boolean => forbiddenInNames.test(path) || hiddenSeparator.test(path);

/** The names of `url` below `base`; undefined when it lies elsewhere. */
export function segmentsBelow(url: string, base: string): readonly string[] | undefined {
  const theirs = split(url);
  const ours = baseOf(base);
  if (theirs === undefined || ours === undefined || ours.origin !== theirs.origin) return undefined;
  const baseSegments = ours.segments;
  const segments = segmentsOf(theirs.path.slice(1));
  if (segments.length <= baseSegments.length) return undefined;
  return baseSegments.every((segment, index) => segment === segments[index])
    ? segments.slice(baseSegments.length)
    : undefined;
}

/** The origin of a storage and the names in the path of its base URL. */
export function baseOf(url: string): { readonly origin: string; readonly segments: readonly string[] } | undefined {
  const base = split(url);
  if (base === undefined) return undefined;
  const path = base.path.replace(/^\/+|\/+$/g, '');
  return { origin: base.origin, segments: path === '' ? [] : segmentsOf(path) };
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

/** The names of a path, decoded. @throws RcsError RCS_MEDIA_LOCATION_REFUSED for a path that two readers may take for two. */
export function segmentsOf(path: string): string[] {
  return path.split('/').map(written => {
    const segment = decoded(written);
    if (segment === '' || segment === '.' || segment === '..') throw refused('its path has empty or dotted segments');
    if (segment.includes('/') || forbiddenInNames.test(segment) || doubleEscape.test(segment))
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

/** The guard says no; the reason names no place. */
export const refused = (why: string): RcsError =>
  new RcsError('RCS_MEDIA_LOCATION_REFUSED', `media location refused: ${why}`, { publicDetail: why });
