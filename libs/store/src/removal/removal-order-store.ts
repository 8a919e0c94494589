import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { MediaFile } from '../recordings/recording.js';
import type { LedgerEntry, RemovalClaim, RemovalOrder } from './removal-store.js';

/** An order with the act that is to carry it out: '' for an erasure that waits until nothing keeps its recording. */
export interface RemovalAct extends RemovalOrder {
  readonly act: string;
}

/** What a decided removal leaves behind. */
export interface SettledRemoval extends Pick<LedgerEntry, 'recordingId' | 'contactCenter' | 'kind' | 'time'> {
  /** The media files that went; absent: the whole recording did. */
  readonly mediaIds?: readonly string[];
  /** Their stored files, which must go as well. */
  readonly mediaFiles: readonly Pick<MediaFile, 'mediaId' | 'mediaDescriptor'>[];
  readonly locations: readonly ClaimedLocation[];
}

/** What the ledger says of a recording. */
export interface Gone {
  readonly contactCenter: string;
  readonly isWhole: boolean;
  readonly mediaIds: ReadonlySet<string>;
}

/**
 * Removals of recordings whose metadata lies in another database: what is going on there, so that whoever comes later finishes
 * it, and what it leaves here. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface RemovalOrderStore {
  /** That an act begins, which nobody else takes up before `nextAttempt` (milliseconds since the epoch). */
  begin(act: RemovalAct, nextAttempt: number): Promise<void>;

  /** The act is over: an erasure waits, once for each recording. */
  wait(act: RemovalAct): Promise<void>;

  /** The act is over; without one, all of the recording are. */
  end(recordingId: string, act?: string): Promise<void>;

  /** Acts that nobody carries out any more, and erasures that wait. */
  claim(claim: RemovalClaim): Promise<readonly RemovalAct[]>;

  /** Of an erasure that waits. */
  postpone(recordingId: string, nextAttempt: number): Promise<void>;

  /** Ledger, stored files and seen marks in one transaction; a repetition changes nothing. */
  settle(removal: SettledRemoval): Promise<void>;

  /** What the ledger says of these recordings, by the ids of those that it has. */
  goneOf(recordingIds: readonly string[]): Promise<ReadonlyMap<string, Gone>>;

  /** This time, or that of the database where it is earlier, milliseconds since the epoch: the clock of whoever asks may be ahead. */
  notAhead(now: number): Promise<number>;

  /** The first of these places where the file of a removed recording still lies. */
  beingCleared(locations: readonly ClaimedLocation[]): Promise<ClaimedLocation | undefined>;
}
