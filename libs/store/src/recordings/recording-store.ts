import type { NewHandOver } from '../hand-over/hand-over-store.js';
import type { MediaFinding, PinnedMedia, PinResult } from './pinned-media.js';
import type { Recording } from './recording.js';

/** Where a media file lies, in the one form that every way to write the place comes to. */
export interface ClaimedLocation {
  readonly mediaId: string;
  readonly location: string;
}

/** What is known of the media files of a recording when it is inserted. */
export interface InsertionDetails {
  readonly findings?: readonly MediaFinding[];
  readonly locations?: readonly ClaimedLocation[];
  /** Who is to get the metadata; queued in the same transaction. */
  readonly handOvers?: readonly NewHandOver[];
}

/** Bytes [start, end) of the leaves of a content tree. */
export interface LeavesPlace {
  readonly start: number;
  readonly end: number;
}

/** Keeps the metadata of recordings. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface RecordingStore {
  /**
   * Durable when it resolves, findings and claims with it. A repetition that differs in nothing but the leaves of its
   * media files is `unchanged`, and the leaves of the first insert stay in force.
   * @throws RcsError RCS_RECORDING_EXISTS when a different recording has this id, RCS_MEDIA_LOCATION_TAKEN when a
   * recording of another contact center names one of the locations.
   */
  insert(recording: Recording, details?: InsertionDetails): Promise<'created' | 'unchanged'>;

  find(id: string): Promise<Recording | undefined>;

  /**
   * The first writer wins; what later ones know beyond it completes the pin, with their recipients and leaves.
   * @throws RcsError RCS_RECORDING_NOT_FOUND when there is no such recording.
   */
  pin(recordingId: string, finding: MediaFinding): Promise<PinResult>;

  findPin(recordingId: string, mediaId: string): Promise<PinnedMedia | undefined>;

  /** Leaves of the content tree of a media file, as they were pinned. */
  findLeaves(recordingId: string, mediaId: string): Promise<Buffer | undefined>;

  /**
   * Bytes of the leaves, a buffer for each place, shorter where they end before; undefined where there are none, and of
   * databases that read them as a whole anyway.
   */
  findLeavesAt(
    recordingId: string,
    mediaId: string,
    places: readonly LeavesPlace[],
  ): Promise<readonly Buffer[] | undefined>;
}
