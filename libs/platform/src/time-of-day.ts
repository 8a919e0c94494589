/**
 * Times of day are set and differ between machines: only what was written down by somebody else, or outlives the
 * process, is measured by them. How long something takes here is measured by `performance.now()`.
 */

/** Milliseconds from a time of day until now; negative for one that is to come. */
export function millisecondsSince(timeOfDay: Date | number): number {
  const now = Date.now();
  return now - Number(timeOfDay);
}

/** Milliseconds from now until a time of day; negative for one that has passed. */
export function millisecondsUntil(timeOfDay: Date | number): number {
  const now = Date.now();
  return Number(timeOfDay) - now;
}
