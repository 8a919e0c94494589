import type { MediaFile, Recording } from '../recordings/recording.js';

/** What is missing of a media file: whom it is for, or the tree over its content. */
export type MissingPart = 'inspection' | 'content-tree';

/** A media file of which something is missing. */
export interface UnindexedMedia {
  readonly recording: Recording;
  readonly mediaFile: MediaFile;
  /** How often it failed. */
  readonly attempts: number;
}

/** How far a contact center's media files are looked at. */
export interface MediaIndexStatus {
  readonly contactCenter: string;
  readonly mediaFiles: number;
  /** Nobody knows whom these are for. */
  readonly notInspected: number;
  /** These have been inspected, but have no content tree yet. */
  readonly withoutContentTree: number;
  /** Of both, those that failed the last time. */
  readonly failing: number;
  /** Nobody could read these, and somebody said that they are lost. */
  readonly givenUp: number;
}

/** A media file that could not be looked at. */
export interface UnindexableMedia {
  readonly contactCenter: string;
  readonly recordingId: string;
  readonly mediaId: string;
  readonly missing: MissingPart | 'given-up';
  readonly attempts: number;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly nextAttempt: number;
}

/** A recording in the order in which recordings were inserted. */
export interface PositionedRecording {
  readonly position: number;
  readonly recording: Recording;
}

/** That a media file of a recording lies at a place. */
export interface LocationClaim {
  readonly contactCenter: string;
  readonly recordingId: string;
  readonly mediaId: string;
  readonly location: string;
}

/**
 * Which media files have not been looked at, for those who do it in the background. Every media file is in here from
 * its insertion, whatever version of the product inserted it, until it is pinned (see RecordingStore) with its
 * recipients and its content tree. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface MediaIndexStore {
  /** Media files whose next attempt may begin at `now`, a few of them. */
  due(missing: MissingPart, now: number, limit: number): Promise<readonly UnindexedMedia[]>;

  /** Puts the next attempt off; the media file stays in the index with the reason. */
  postpone(recordingId: string, mediaId: string, reason: string, nextAttempt: number): Promise<void>;

  /**
   * Counts the media files of a recording that could not be read as unknown no more; they stay in the index and can still
   * be inspected. Answers how many there were.
   */
  giveUp(contactCenter: string, recordingId: string): Promise<number>;

  /** Lets everything that failed be tried again at once, and what was given up, too. */
  retryAll(contactCenter: string | undefined): Promise<void>;

  /** Recordings of a contact center with a media file of which nobody knows whom it is for. */
  countUnknown(contactCenter: string): Promise<number>;

  /** Of all contact centers, or of one. */
  status(contactCenter?: string): Promise<readonly MediaIndexStatus[]>;

  /** What could not be looked at, the oldest trouble first. */
  failures(contactCenter: string, limit: number): Promise<readonly UnindexableMedia[]>;

  /** True for the one owner who may do the work until `leaseUntil`; whoever has it renews it by asking again. */
  lease(owner: string, now: number, leaseUntil: number): Promise<boolean>;

  /** Recordings behind a position (0 is before the first), in the order of their insertion. */
  recordingsAfter(position: number, limit: number): Promise<readonly PositionedRecording[]>;

  /**
   * Claims locations for contact centers; the first to claim one has it. Answers those that another had. Either way it is
   * kept that the recording, as long as it is there, names the place.
   */
  claimLocations(claims: readonly LocationClaim[]): Promise<readonly LocationClaim[]>;

  /** Whether the locations of all recordings have been claimed as these storages resolve them. */
  locationsClaimed(storages: string): Promise<boolean>;

  noteLocationsClaimed(storages: string): Promise<void>;
}
