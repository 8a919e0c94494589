/**
 * Keeps the wave forms of media files, as workers have sealed them: they go with the media file. Every method rejects with
 * RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface PeaksStore {
  /** Undefined where none is kept. */
  find(recordingId: string, mediaId: string): Promise<Buffer | undefined>;

  /** In the place of one before; answers false, and keeps nothing, where the recording has no such media file any more. */
  keep(recordingId: string, mediaId: string, peaks: Buffer): Promise<boolean>;
}
