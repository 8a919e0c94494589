/** Somebody's order that something must be kept, whatever retention, deletion and erasure say. */
export interface LegalHold {
  readonly id: string;
  readonly recordingId: string;
  /** The media file that is held; absent: the whole recording. */
  readonly mediaId?: string;
  /** Who placed it. */
  readonly user: string;
  /** Why, for example the number of a case. */
  readonly reason: string;
  /** When it was placed: ISO 8601. */
  readonly time: string;
  /** When it ends by itself: ISO 8601; absent: when somebody releases it. */
  readonly until?: string;
}

/** Keeps legal holds. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface LegalHoldStore {
  /** @throws RcsError RCS_RECORDING_NOT_FOUND where there is no such recording, or no such media file in it. */
  place(hold: LegalHold): Promise<void>;

  /** Erasures that waited for it may go on at once. False where there is no such hold. */
  release(recordingId: string, id: string): Promise<boolean>;

  /** By the ids of those recordings that have holds, the oldest first; those that have ended are among them. */
  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly LegalHold[]>>;
}

export const isInForce = ({ until }: Pick<LegalHold, 'until'>, now: number): boolean =>
  until === undefined || Date.parse(until) > now;
