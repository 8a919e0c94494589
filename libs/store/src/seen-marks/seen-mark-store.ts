/** That the user of an account heard or saw something of a recording. */
export interface SeenMark {
  /** See `accountId`: accounts of one name in two contact centers or systems are two. */
  readonly account: string;
  readonly recordingId: string;
  /** When, the last time: ISO 8601 with milliseconds and `Z`. */
  readonly time: string;
}

/**
 * Keeps who has seen which recordings. A mark goes with its recording, and with its account. Every method rejects with
 * RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface SeenMarkStore {
  /** What is older than what is known changes nothing, and recordings that were removed get none. */
  put(marks: readonly SeenMark[]): Promise<void>;

  /** When an account last saw each of these recordings, by the ids of those that it has seen. */
  of(account: string, recordingIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
