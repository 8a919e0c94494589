/** A label that recordings of a contact center may bear. */
export interface LabelDefinition {
  readonly contactCenter: string;
  /** ASCII, letter by letter; unique in the contact center. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
}

/** A label on a recording. */
export interface RecordingLabel {
  readonly name: string;
  /** Who put it there. */
  readonly user: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Keeps labels of recordings. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface LabelStore {
  /** False where there is a definition of this name. */
  define(definition: LabelDefinition): Promise<boolean>;

  /** False where there is none of this name. */
  redefine(definition: LabelDefinition): Promise<boolean>;

  /** A definition that recordings bear stays. */
  undefine(contactCenter: string, name: string): Promise<'removed' | 'unknown' | 'in-use'>;

  /** In the order of their names. */
  definitions(contactCenter: string): Promise<readonly LabelDefinition[]>;

  /**
   * Puts a label on a recording; `present` where it was there: who put it there first stays.
   * @returns `unknown` where the recording's contact center has no such definition, or there is no such recording
   */
  put(recordingId: string, label: RecordingLabel): Promise<'added' | 'present' | 'unknown'>;

  /** False where the recording did not bear it. */
  remove(recordingId: string, name: string): Promise<boolean>;

  /** Labels in the order of their names, by the ids of those recordings that bear any. */
  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RecordingLabel[]>>;
}
