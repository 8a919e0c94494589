import { drainedBytes } from '../workers/give-up-body.js';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** A part of a body, from where the one before ends, and how much of it is asked of a worker at once. */
interface Stretch {
  readonly bytes: number;
  readonly window: number;
}

/**
 * Of an open range. The first windows are what a player costs that leaves at once: the system takes a few hundred KiB for a
 * connection before the player has read anything. Then come the bytes that a player fetches ahead of what it plays. It leaves
 * them when its listener seeks, so that none of their windows is larger than what is read to its end then.
 */
const ofOpenRange: readonly Stretch[] = [
  { bytes: 512 * kibibyte, window: 256 * kibibyte },
  { bytes: 512 * kibibyte, window: 512 * kibibyte },
  { bytes: 15 * mebibyte, window: drainedBytes },
];
const ofClosedRange: readonly Stretch[] = [{ bytes: 2 * mebibyte, window: 2 * mebibyte }];
const largestWindow = 16 * mebibyte;

/**
 * So many bytes before the end of a window the next one is asked for, so that who takes as much as comes sees no gap; not where
 * a player is left a rest.
 */
export const askedAheadBytes = 64 * kibibyte;

/**
 * A rest before each window of what a player fetches ahead, milliseconds. Players want far more than they need to begin, and
 * decrypting that at once takes the processors from those who play, on the same machine and on the servers. It leaves 50 MB/s.
 */
const restMs = 10;

/** One range with both ends. */
const closedRange = /^\s*bytes\s*=\s*\d+\s*-\s*\d+\s*$/i;

/**
 * How much of a body is asked of a worker at once: more, the more the player has taken.
 * @param offset where in the body the window begins
 * @param range the player's Range field
 * @returns bytes
 */
export function windowAt(offset: number, range: string | undefined): number {
  let end = 0;
  for (const { bytes, window } of stretches(range)) {
    end += bytes;
    if (offset < end) return window;
  }
  return largestWindow;
}

/**
 * How long the player is left alone before the window that begins here.
 * @param offset where in the body the window begins
 * @param range the player's Range field
 * @returns milliseconds
 */
export function restBefore(offset: number, range: string | undefined): number {
  const aheadBytes = stretches(range) === ofOpenRange ? bytesOf(ofOpenRange) : 0;
  return offset > 0 && offset < aheadBytes ? restMs : 0;
}

const bytesOf = (all: readonly Stretch[]): number => all.reduce((sum, { bytes }) => sum + bytes, 0);

/** Players look for an index with open ranges; who names the end, or asks for the whole file, mostly takes it all. */
function stretches(range: string | undefined): readonly Stretch[] {
  if (range === undefined) return [];
  return closedRange.test(range) ? ofClosedRange : ofOpenRange;
}
