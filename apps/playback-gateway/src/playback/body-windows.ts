const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/**
 * Bytes that are asked of a worker at once, in the order in which the player takes them. The first two are what a player
 * costs that leaves at once: the system takes a few hundred KiB for a connection before the player has read anything.
 */
const windows = [256 * kibibyte, 256 * kibibyte, 2 * mebibyte] as const;
const largestWindow = 16 * mebibyte;

/** So many bytes before the end of a window the next one is asked for, so that a fast player sees no gap. */
export const askedAheadBytes = 64 * kibibyte;

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
  for (const bytes of smallWindows(range)) {
    end += bytes;
    if (offset < end) return bytes;
  }
  return largestWindow;
}

/** Players look for an index with open ranges; who names the end, or asks for the whole file, mostly takes it all. */
function smallWindows(range: string | undefined): readonly number[] {
  if (range === undefined) return [];
  return closedRange.test(range) ? windows.slice(-1) : windows;
}
