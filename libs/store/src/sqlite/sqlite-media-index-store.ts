import type { Statement } from 'better-sqlite3';
import type {
  LocationClaim,
  MediaIndexStatus,
  MediaIndexStore,
  MissingPart,
  PositionedRecording,
  UnindexableMedia,
  UnindexedMedia,
} from '../media-index/media-index-store.js';
import type { Recording } from '../recordings/recording.js';
import { countUnknown } from './certificate-use.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { mediaIndexStatus } from './reading/media-index-status.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { mediaIndexWrites, type IndexPosition, type MediaIndexWrites } from './writing/media-index-writes.js';

interface DueRow {
  readonly document: string;
  readonly mediaId: string;
  readonly attempts: number;
}

class SqliteMediaIndexStore implements MediaIndexStore {
  private readonly dueStatement: Statement<[MissingPart, number, number], DueRow>;
  private readonly failuresStatement: Statement<[string, number], UnindexableMedia>;
  private readonly recordingsStatement: Statement<[number, number], { position: number; document: string }>;
  private readonly claimedStatement: Statement<[string]>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<MediaIndexWrites>,
  ) {
    const { database } = reader;
    this.dueStatement = database.prepare(
      `SELECT recording.document, media_id AS mediaId, attempts
       FROM unindexed_media JOIN recording ON recording.id = recording_id
       WHERE missing = ? AND next_attempt <= ? ORDER BY next_attempt LIMIT ?`,
    );
    this.failuresStatement = database.prepare(
      `SELECT contact_center AS contactCenter, recording_id AS recordingId, media_id AS mediaId, missing, attempts,
         ifnull(reason, '') AS reason, next_attempt AS nextAttempt
       FROM unindexed_media WHERE attempts > 0 AND contact_center = ?
       ORDER BY missing DESC, attempts DESC, recording_id, media_id LIMIT ?`,
    );
    this.recordingsStatement = database.prepare(
      'SELECT rowid AS position, document FROM recording WHERE rowid > ? ORDER BY rowid LIMIT ?',
    );
    this.claimedStatement = database.prepare('SELECT 1 FROM claimed_storages WHERE storages = ?');
  }

  due(missing: MissingPart, now: number, limit: number): Promise<readonly UnindexedMedia[]> {
    return this.reader.read(() => this.dueStatement.all(missing, now, limit).flatMap(unindexedMedia));
  }

  async postpone(recordingId: string, mediaId: string, reason: string, nextAttempt: number): Promise<void> {
    await this.writer.write('postponeMedia', { recordingId, mediaId, reason, nextAttempt });
  }

  giveUp(contactCenter: string, recordingId: string): Promise<number> {
    return this.writer.write('giveUpMedia', { contactCenter, recordingId });
  }

  async retryAll(contactCenter: string | undefined): Promise<void> {
    let after: IndexPosition | null = { recordingId: '', mediaId: '' };
    while (after !== null) {
      after = await this.writer.write('retryMedia', { after, contactCenter: contactCenter ?? null });
    }
  }

  countUnknown(contactCenter: string): Promise<number> {
    return this.reader.readAtLength(database => countUnknown(database, contactCenter));
  }

  status(contactCenter?: string): Promise<readonly MediaIndexStatus[]> {
    return this.reader.readAtLength(database => mediaIndexStatus(database, contactCenter));
  }

  failures(contactCenter: string, limit: number): Promise<readonly UnindexableMedia[]> {
    return this.reader.read(() => this.failuresStatement.all(contactCenter, limit));
  }

  lease(owner: string, now: number, leaseUntil: number): Promise<boolean> {
    return this.writer.write('leaseMediaIndex', { owner, now, leaseUntil });
  }

  recordingsAfter(position: number, limit: number): Promise<readonly PositionedRecording[]> {
    return this.reader.read(() =>
      this.recordingsStatement
        .all(position, limit)
        .map(row => ({ position: row.position, recording: JSON.parse(row.document) as Recording })),
    );
  }

  claimLocations(claims: readonly LocationClaim[]): Promise<readonly LocationClaim[]> {
    return this.writer.write('claimLocations', claims);
  }

  locationsClaimed(storages: string): Promise<boolean> {
    return this.reader.read(() => this.claimedStatement.get(storages) !== undefined);
  }

  async noteLocationsClaimed(storages: string): Promise<void> {
    await this.writer.write('noteLocationsClaimed', storages);
  }
}

export const mediaIndex = storedThing<MediaIndexWrites, MediaIndexStore>({
  migrations: [
    {
      version: 28,
      worksWithCodeOf: 1,
      sql: `
        CREATE INDEX unindexed_media_failing
          ON unindexed_media (contact_center, missing DESC, attempts DESC, recording_id, media_id) WHERE attempts > 0`,
    },
  ],
  writes: mediaIndexWrites,
  open: (reader, writer) => new SqliteMediaIndexStore(reader, writer),
});

function unindexedMedia({ document, mediaId, attempts }: DueRow): UnindexedMedia[] {
  const recording = JSON.parse(document) as Recording;
  const mediaFile = recording.mediaFiles.find(file => file.mediaId === mediaId);
  return mediaFile === undefined ? [] : [{ recording, mediaFile, attempts }];
}
