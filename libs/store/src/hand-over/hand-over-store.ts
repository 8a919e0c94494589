/** That the metadata of a new recording is to be posted to an interaction receiver. */
export interface NewHandOver {
  /** Its URL. */
  readonly receiver: string;
  /** Why it is not even tried: an operator may let it be tried later. */
  readonly refusal?: string;
}

/** `waiting`: it is tried until the receiver takes it. `given-up`: nobody tries any more, until an operator says so. */
export type HandOverState = 'waiting' | 'given-up';

/** Names one hand-over. */
export interface HandOverId {
  readonly recordingId: string;
  readonly receiver: string;
}

/** One that somebody works at. Once the lease is over, another may have taken it. */
export interface ClaimedHandOver extends HandOverId {
  readonly contactCenter: string;
  /** This one included. */
  readonly attempts: number;
}

export interface HandOver extends ClaimedHandOver {
  readonly state: HandOverState;
  /** Milliseconds since the epoch. */
  readonly nextAttempt: number;
  /** Why the last attempt failed. */
  readonly reason?: string;
}

/** Rows for one sender at a time: whoever claims them has them until `leaseUntil`. Milliseconds since the epoch. */
export interface HandOverClaim {
  readonly receiver: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}

/** What came of an attempt. */
export interface FailedHandOver {
  readonly reason: string;
  /** Milliseconds since the epoch; absent: it is given up. */
  readonly nextAttempt?: number;
}

/** Which to list, in the order of recordings and receivers. */
export interface HandOverSelection {
  readonly state: HandOverState;
  /** Only those behind this one. */
  readonly after?: HandOverId;
  readonly limit: number;
}

export interface HandOverCounts {
  readonly waiting: number;
  readonly givenUp: number;
}

/**
 * The queue of hand-overs. Entries come with the insertion of their recording, in one transaction, and go with the recording.
 * Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface HandOverStore {
  /** Those that are due, the oldest first. An attempt counts from here on, whatever becomes of who makes it. */
  claim(claim: HandOverClaim): Promise<readonly ClaimedHandOver[]>;

  /** The receiver has it: the entry goes, whoever claimed it meanwhile. */
  noteDelivered(handOver: HandOverId): Promise<void>;

  /** Nothing changes where another has claimed it meanwhile. */
  noteFailure(handOver: ClaimedHandOver, failure: FailedHandOver): Promise<void>;

  list(selection: HandOverSelection): Promise<readonly HandOver[]>;

  counts(): Promise<HandOverCounts>;

  /** Lets one that was given up be tried again at once, as if it never had been. False where there is no such. */
  retry(handOver: HandOverId): Promise<boolean>;

  /** Forgets one that was given up. False where there is no such. */
  discard(handOver: HandOverId): Promise<boolean>;
}
