/** One run that gives every envelope of one certificate a recipient for another. Times are ISO 8601. */
export interface RewrapRun {
  readonly id: string;
  readonly contactCenter: string;
  /** Alias of the certificate whose key opens the envelopes. */
  readonly from: string;
  /** Alias of the certificate that they get a recipient for. */
  readonly to: string;
  /** `add` leaves the old recipient in its place, `replace` takes it away after the new one was proven to work. */
  readonly mode: 'add' | 'replace';
  readonly state: 'running' | 'paused' | 'done';
  /** Where it goes on; undefined at the beginning. */
  readonly position?: EnvelopePosition;
  readonly counts: RewrapCounts;
  /** The first reasons why envelopes were left as they were. */
  readonly failures: readonly RewrapFailure[];
  /** Why it waits at the moment, if it does. */
  readonly waiting?: string | undefined;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
}

/** An envelope lies with a media file of a recording. */
export interface EnvelopePosition {
  readonly recordingId: string;
  readonly mediaId: string;
}

/** All but `total` add up to what was looked at. */
export interface RewrapCounts {
  /** Media files that named the old certificate at the beginning. */
  readonly total: number;
  readonly rewrapped: number;
  /** They were as wanted already. */
  readonly unchanged: number;
  /** Media whose envelope lies in the stored file, which is never touched. */
  readonly notRewrappable: number;
  /** Envelopes that could not be opened, or changed under the run. */
  readonly failed: number;
}

export interface RewrapFailure extends EnvelopePosition {
  readonly reason: string;
}

/** An envelope in the place of the one that was read. */
export interface EnvelopeReplacement extends EnvelopePosition {
  /** Base64 of the envelope that was read: where another lies now nothing is written. */
  readonly expected: string;
  /** Base64. */
  readonly pkcs7: string;
  readonly certAlias: readonly string[];
  readonly recipients: readonly string[];
}

export interface RewrapStep {
  readonly runId: string;
  /** Who holds the run; a step of anybody else is refused. */
  readonly owner: string;
  readonly replacements: readonly EnvelopeReplacement[];
  readonly unchanged: number;
  readonly notRewrappable: number;
  readonly failures: readonly RewrapFailure[];
  /** Behind the last envelope of the step. */
  readonly position: EnvelopePosition | undefined;
  readonly done: boolean;
  readonly at: string;
  /** Milliseconds since the epoch until which the owner keeps the run. */
  readonly leaseUntil: number;
}
