import { withoutStart } from './indexed-recording.js';
import type { RecordingSearch, SearchPosition, SearchWindow } from './recording-search-store.js';

export interface SearchBounds {
  /** Included. */
  readonly from: number;
  /** Not included. */
  readonly before: number;
  /** Where the rows begin: included towards `older`. */
  readonly startTime: number;
  readonly id: string;
}

/** Later than every time. */
const end = -withoutStart + 1;

/** The times and the position between which rows are read; recordings without a start are in no time that is asked for. */
export function bounds(
  { startedFrom, startedBefore }: RecordingSearch,
  position: SearchPosition | undefined,
  towards: SearchWindow['towards'],
): SearchBounds {
  const isAnyTime = startedFrom === undefined && startedBefore === undefined;
  return {
    from: startedFrom ?? (isAnyTime ? withoutStart : withoutStart + 1),
    before: startedBefore ?? end,
    startTime: position?.startTime ?? (towards === 'older' ? end : withoutStart - 1),
    id: position?.id ?? '',
  };
}

/** Behind every text of letters and digits that begins so, in the order of bytes of UTF-8. */
export const endOfPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`;
