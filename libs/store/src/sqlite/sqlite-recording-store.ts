import type { Statement } from 'better-sqlite3';
import { RcsError } from '#platform';
import type { PinnedEnvelope, Recording } from '../recordings/recording.js';
import type { RecordingStore } from '../recordings/recording-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { DocumentWrites } from './writing/write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export class SqliteRecordingStore implements RecordingStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly findPinStatement: Statement<[string, string], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<DocumentWrites>,
  ) {
    this.findStatement = reader.database.prepare('SELECT document FROM recording WHERE id = ?');
    this.findPinStatement = reader.database.prepare(
      'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?',
    );
  }

  async insert(recording: Recording): Promise<'created' | 'unchanged'> {
    const outcome = await this.writer.write('insertRecording', recording);
    if (outcome !== 'different') return outcome;
    throw new RcsError('RCS_RECORDING_EXISTS', `a different recording ${recording.id} is stored`);
  }

  find(id: string): Promise<Recording | undefined> {
    return this.reader.read(() => documentOf(this.findStatement.get(id)) as Recording | undefined);
  }

  async pinEnvelope(recordingId: string, mediaId: string, pin: PinnedEnvelope): Promise<PinnedEnvelope> {
    const inForce = await this.writer.write('pinEnvelope', { recordingId, mediaId, pin });
    if (inForce !== null) return inForce;
    throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to pin an envelope of`);
  }

  findPin(recordingId: string, mediaId: string): Promise<PinnedEnvelope | undefined> {
    return this.reader.read(
      () => documentOf(this.findPinStatement.get(recordingId, mediaId)) as PinnedEnvelope | undefined,
    );
  }
}

function documentOf(row: DocumentRow | undefined): unknown {
  return row === undefined ? undefined : JSON.parse(row.document);
}
