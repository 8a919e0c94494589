import type { Recording } from '../recordings/recording.js';

/**
 * A place in the order of the results, which is the latest start first, and by id downwards where starts are the same: the
 * one before this recording. Towards `older` the recording is the first that comes, towards `newer` it does not come.
 */
export interface SearchPosition {
  /** Milliseconds since 1970-01-01T00:00:00Z, or earlier than every time where nobody knows the start. */
  readonly startTime: number;
  readonly id: string;
}

/** What recordings are looked for; all of it must hold. */
export interface RecordingSearch {
  readonly contactCenter: string;
  readonly region: string;
  /** Letters and digits count, in their case; `*` stands for any number of any characters. */
  readonly callerPhoneNumber?: string;
  readonly dialedPhoneNumber?: string;
  /** Started at this time or later, milliseconds since 1970-01-01T00:00:00Z. */
  readonly startedFrom?: number;
  /** Started before this time. */
  readonly startedBefore?: number;
  /** Of at least one of these owners (`ownerKey`); absent: of anybody. */
  readonly owners?: readonly string[];
}

/** Which part of the results. */
export interface SearchWindow {
  /** Absent: from the first or, towards `newer`, the last one on. */
  readonly position?: SearchPosition;
  readonly towards: 'older' | 'newer';
  /** At most so many recordings. */
  readonly limit: number;
  /** At most so many rows of the index are looked at, which bounds the time that a rare pattern takes. */
  readonly examine: number;
}

export interface SearchPage {
  /** In the direction of the window: towards `newer` the earliest comes first. */
  readonly recordings: readonly Recording[];
  readonly examined: number;
  /** Where to go on; absent when there is nothing more in this direction. */
  readonly rest?: SearchPosition;
}

/**
 * Finds recordings by their metadata. It answers what was asked for and knows nothing of permissions. Every method rejects
 * with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface RecordingSearchStore {
  search(search: RecordingSearch, window: SearchWindow): Promise<SearchPage>;

  /**
   * Puts recordings into the index that a version without one inserted, at most so many of them. Answers how many there
   * were: less than asked for means that all are in.
   */
  indexMissing(limit: number): Promise<number>;

  /** Whether the index has every recording of a contact center. */
  isComplete(contactCenter: string): Promise<boolean>;
}
