/** What is repeated: from A to B, in seconds. Only A is known while somebody looks for B. */
export interface Loop {
  readonly from: number;
  readonly to: number | undefined;
}

/** Shorter ones nobody can hear. */
export const shortestLoop = 0.2;

/** The next state of a key that sets A, then B, then forgets both. B before A is the other way round. */
export function nextLoop(loop: Loop | undefined, place: number): Loop | undefined {
  if (loop === undefined) return { from: place, to: undefined };
  if (loop.to !== undefined) return undefined;
  const [from, to] = place < loop.from ? [place, loop.from] : [loop.from, place];
  return { from, to: Math.max(to, from + shortestLoop) };
}

/** Where to go on when a place was reached by playing: back to A from B on. */
export function afterLoop(loop: Loop | undefined, place: number, before: number): number | undefined {
  if (loop?.to === undefined) return undefined;
  // Whoever has gone beyond it by themselves stays there.
  return before < loop.to && place >= loop.to ? loop.from : undefined;
}
