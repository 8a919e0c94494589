import { z } from 'zod';

/** A place in the hierarchy of a contact center; the slash at the end that some write means nothing. */
export const locationPath = z
  .string()
  .max(512)
  .regex(/^(?:\/|(?:\/[^/\p{Cc}\p{Cs}]+)+\/?)$/u, 'must be / or a path such as /US/CA')
  .transform(path => (path === '/' ? path : path.replace(/\/$/, '')));

/** Whether a location is another one or lies in it. */
export const liesIn = (location: string, outer: string): boolean =>
  outer === '/' || location === outer || location.startsWith(`${outer}/`);

/** Of what several locations have, that of the longest one that this location lies in. */
export function nearest<T extends { readonly location: string }>(all: readonly T[], location: string): T | undefined {
  const around = all.filter(one => liesIn(location, one.location));
  return around.sort((one, other) => other.location.length - one.location.length)[0];
}
