/** Why a recording may not be deleted. */
export interface DeletionProtection {
  /** Who said so. */
  readonly user: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Keeps which recordings nobody may delete. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface DeletionProtectionStore {
  /** False where it was protected before: that protection stays. @throws RcsError RCS_RECORDING_NOT_FOUND */
  apply(recordingId: string, protection: DeletionProtection): Promise<boolean>;

  /** False where it was not protected. */
  release(recordingId: string): Promise<boolean>;

  /** By the ids of those recordings that are protected. */
  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, DeletionProtection>>;
}
