import type { Statement } from 'better-sqlite3';
import type { MediaFinding, PinnedMedia, PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import type { InsertionDetails, RecordingStore } from '../recordings/recording-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { recordingWrites, type RecordingWrites } from './writing/recording-writes.js';

interface DocumentRow {
  readonly document: string;
}

class SqliteRecordingStore implements RecordingStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly findPinStatement: Statement<[string, string], DocumentRow>;
  private readonly findLeavesStatement: Statement<[string, string], { readonly leaves: Buffer }>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<RecordingWrites>,
  ) {
    this.findStatement = reader.database.prepare('SELECT document FROM recording WHERE id = ?');
    this.findPinStatement = reader.database.prepare(
      'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?',
    );
    this.findLeavesStatement = reader.database.prepare(
      'SELECT leaves FROM content_tree WHERE recording_id = ? AND media_id = ?',
    );
  }

  insert(recording: Recording, details: InsertionDetails = {}): Promise<'created' | 'unchanged'> {
    return this.writer.write('insertRecording', { recording, ...details });
  }

  find(id: string): Promise<Recording | undefined> {
    return this.reader.read(() => documentOf(this.findStatement.get(id)) as Recording | undefined);
  }

  pin(recordingId: string, finding: MediaFinding): Promise<PinResult> {
    return this.writer.write('pinMedia', { recordingId, finding });
  }

  findPin(recordingId: string, mediaId: string): Promise<PinnedMedia | undefined> {
    return this.reader.read(
      () => documentOf(this.findPinStatement.get(recordingId, mediaId)) as PinnedMedia | undefined,
    );
  }

  findLeaves(recordingId: string, mediaId: string): Promise<Buffer | undefined> {
    return this.reader.read(() => this.findLeavesStatement.get(recordingId, mediaId)?.leaves);
  }

  /** SQLite goes through the whole value for any part of it. */
  findLeavesAt(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

export const recordings = storedThing<RecordingWrites, RecordingStore>({
  writes: recordingWrites,
  open: (reader, writer) => new SqliteRecordingStore(reader, writer),
});

function documentOf(row: DocumentRow | undefined): unknown {
  return row === undefined ? undefined : JSON.parse(row.document);
}
