import type { Statement } from 'better-sqlite3';
import { RcsError } from '#platform';
import type { MediaFinding, PinnedMedia, PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import type { InsertionDetails, RecordingStore } from '../recordings/recording-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { DocumentWrites } from './writing/write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export class SqliteRecordingStore implements RecordingStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly findPinStatement: Statement<[string, string], DocumentRow>;
  private readonly findLeavesStatement: Statement<[string, string], { readonly leaves: Buffer }>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<DocumentWrites>,
  ) {
    this.findStatement = reader.database.prepare('SELECT document FROM recording WHERE id = ?');
    this.findPinStatement = reader.database.prepare(
      'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?',
    );
    this.findLeavesStatement = reader.database.prepare(
      'SELECT leaves FROM content_tree WHERE recording_id = ? AND media_id = ?',
    );
  }

  async insert(recording: Recording, details: InsertionDetails = {}): Promise<'created' | 'unchanged'> {
    const result = await this.writer.write('insertRecording', { recording, ...details });
    switch (result.outcome) {
      case 'different':
        throw new RcsError('RCS_RECORDING_EXISTS', `a different recording ${recording.id} is stored`);
      case 'location-taken':
        throw new RcsError('RCS_MEDIA_LOCATION_TAKEN', undefined, {
          publicDetail: `${JSON.stringify(result.mediaId)}: name a location of the contact center's own`,
        });
      default:
        return result.outcome;
    }
  }

  find(id: string): Promise<Recording | undefined> {
    return this.reader.read(() => documentOf(this.findStatement.get(id)) as Recording | undefined);
  }

  async pin(recordingId: string, finding: MediaFinding): Promise<PinResult> {
    const result = await this.writer.write('pinMedia', { recordingId, finding });
    if (result !== null) return result;
    throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to pin a media file of`);
  }

  findPin(recordingId: string, mediaId: string): Promise<PinnedMedia | undefined> {
    return this.reader.read(
      () => documentOf(this.findPinStatement.get(recordingId, mediaId)) as PinnedMedia | undefined,
    );
  }

  findLeaves(recordingId: string, mediaId: string): Promise<Buffer | undefined> {
    return this.reader.read(() => this.findLeavesStatement.get(recordingId, mediaId)?.leaves);
  }
}

function documentOf(row: DocumentRow | undefined): unknown {
  return row === undefined ? undefined : JSON.parse(row.document);
}
