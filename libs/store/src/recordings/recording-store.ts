import type { PinnedEnvelope, Recording } from './recording.js';

/** Keeps the metadata of recordings. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface RecordingStore {
  /**
   * Durable when it resolves. A repetition that differs in nothing but the leaves of its media files is `unchanged`,
   * and the leaves of the first insert stay in force.
   * @throws RcsError RCS_RECORDING_EXISTS when a different recording has this id.
   */
  insert(recording: Recording): Promise<'created' | 'unchanged'>;

  find(id: string): Promise<Recording | undefined>;

  /**
   * The first writer wins; everybody receives the pin in force, which the caller compares with what it saw.
   * @throws RcsError RCS_RECORDING_NOT_FOUND when there is no such recording.
   */
  pinEnvelope(recordingId: string, mediaId: string, pin: PinnedEnvelope): Promise<PinnedEnvelope>;

  findPin(recordingId: string, mediaId: string): Promise<PinnedEnvelope | undefined>;
}
