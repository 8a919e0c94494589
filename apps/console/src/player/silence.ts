/** A stretch of time, in seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What of a call counts as silence. */
export interface SilenceOptions {
  /** Share of the loudest sample below which nobody speaks. */
  readonly threshold?: number;
  /** Shorter pauses belong to speech. */
  readonly atLeast?: number;
  /** So much of a silence is left at each of its ends, so that no word loses its beginning. */
  readonly margin?: number;
}

/**
 * Where nobody speaks, by the highest samples of equal pieces of a sound of this many seconds. A piece is silent when it
 * is so on every channel.
 */
export function silencesOf(
  channels: readonly (readonly number[])[],
  seconds: number,
  { threshold = 0.04, atLeast = 1.5, margin = 0.25 }: SilenceOptions = {},
): readonly Range[] {
  const pieces = Math.max(0, ...channels.map(({ length }) => length));
  const level = channels.reduce((highest, channel) => channel.reduce((so, peak) => Math.max(so, peak), highest), 0);
  if (pieces === 0 || level === 0) return [];
  const isSilent = (piece: number): boolean => channels.every(channel => (channel[piece] ?? 0) < level * threshold);
  const width = seconds / pieces;
  const ranges: Range[] = [];
  let begun: number | undefined;
  for (let piece = 0; piece <= pieces; piece++) {
    if (piece < pieces && isSilent(piece)) begun ??= piece;
    else if (begun !== undefined) {
      const range = { from: begun * width + margin, to: piece * width - margin };
      if ((piece - begun) * width >= atLeast && range.to > range.from) ranges.push(range);
      begun = undefined;
    }
  }
  return ranges;
}

/** Where to go on from a place that lies in a silence; undefined outside of any. */
export function endOfSilence(silences: readonly Range[], place: number): number | undefined {
  let [low, high] = [0, silences.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = silences[middle];
    if (range === undefined) return undefined;
    if (place < range.from) high = middle - 1;
    else if (place >= range.to) low = middle + 1;
    else return range.to;
  }
  return undefined;
}
