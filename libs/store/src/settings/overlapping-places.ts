/** Whether one of these places is, lies in, or has in it, one of those. */
export const overlap = (these: readonly string[], those: readonly string[]): boolean =>
  these.some(one => those.some(other => isWithin(one, other) || isWithin(other, one)));

const isWithin = (place: string, outer: string): boolean => place === outer || place.startsWith(`${outer}/`);
