import type { Statement } from 'better-sqlite3';
import type { Recording } from '../recordings/recording.js';
import type { EnvelopePosition, RewrapRun, RewrapStep } from '../rewrap/rewrap-run.js';
import type { RewrapClaim, RewrapStore, StoredEnvelope } from '../rewrap/rewrap-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { RecipientCountReader } from './reading/recipient-counts.js';
import { rangesOf, within } from './reading/recording-ranges.js';
import { recipientCountSchema } from './recipient-count-schema.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { freeRun, rewrapWrites, type RewrapWrites } from './writing/rewrap-writes.js';

interface DocumentRow {
  readonly document: string;
}

interface PositionRow {
  readonly recordingId: string;
  readonly mediaId: string;
}

class SqliteRewrapStore implements RewrapStore {
  private readonly counts: RecipientCountReader;
  private readonly pageStatement: Statement<[string, string, string, string, number], PositionRow>;
  private readonly recordingStatement: Statement<[string], DocumentRow>;
  private readonly findStatement: Statement<[string, string], DocumentRow>;
  private readonly listStatement: Statement<[string], DocumentRow>;
  private readonly freeStatement: Statement<[number]>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<RewrapWrites>,
  ) {
    const { database } = reader;
    this.counts = new RecipientCountReader(database);
    this.pageStatement = database.prepare(
      `SELECT recording_id AS recordingId, media_id AS mediaId FROM media_recipient
       WHERE contact_center = ? AND recipient = ? AND (recording_id, media_id) > (?, ?)
       ORDER BY recording_id, media_id LIMIT ?`,
    );
    this.recordingStatement = database.prepare('SELECT document FROM recording WHERE id = ?');
    this.findStatement = database.prepare('SELECT document FROM rewrap_job WHERE contact_center = ? AND id = ?');
    this.listStatement = database.prepare(
      'SELECT document FROM rewrap_job WHERE contact_center = ? ORDER BY created_at DESC, id',
    );
    this.freeStatement = database.prepare(`SELECT 1 FROM rewrap_job WHERE ${freeRun} LIMIT 1`);
  }

  countRecordings(contactCenter: string, groups: readonly (readonly string[])[]): Promise<readonly number[]> {
    return this.reader.read(() => this.counts.of(contactCenter, groups));
  }

  countMediaFiles(contactCenter: string, recipients: readonly string[]): Promise<number> {
    return this.reader.readAtLength(async database => {
      let total = 0;
      for await (const range of rangesOf(database, contactCenter, recipients)) {
        const { condition, bound } = within(range);
        const count = database.prepare<string[], number>(
          `SELECT COUNT(*) FROM (SELECT DISTINCT recording_id, media_id FROM media_recipient
           WHERE contact_center = ? AND recipient IN (SELECT value FROM json_each(?)) AND ${condition})`,
        );
        total += count.pluck().get(contactCenter, JSON.stringify(recipients), ...bound) ?? 0;
      }
      return total;
    });
  }

  page(
    contactCenter: string,
    recipients: readonly string[],
    after: EnvelopePosition | undefined,
    limit: number,
  ): Promise<readonly StoredEnvelope[]> {
    const { recordingId = '', mediaId = '' } = after ?? {};
    return this.reader.read(() => {
      // One short range per recipient instead of sorting all of them for every page.
      const positions = recipients
        .flatMap(recipient => this.pageStatement.all(contactCenter, recipient, recordingId, mediaId, limit))
        .sort(byPosition)
        .filter((position, index, all) => index === 0 || byPosition(position, all[index - 1] ?? position) !== 0);
      return positions.slice(0, limit).flatMap(position => this.envelopeAt(position));
    });
  }

  create(run: RewrapRun): Promise<RewrapRun> {
    return this.writer.write('createRewrap', run);
  }

  find(contactCenter: string, id: string): Promise<RewrapRun | undefined> {
    return this.reader.read(() => {
      const row = this.findStatement.get(contactCenter, id);
      return row === undefined ? undefined : (JSON.parse(row.document) as RewrapRun);
    });
  }

  list(contactCenter: string): Promise<readonly RewrapRun[]> {
    return this.reader.read(() =>
      this.listStatement.all(contactCenter).map(row => JSON.parse(row.document) as RewrapRun),
    );
  }

  async claim(claim: RewrapClaim): Promise<RewrapRun | undefined> {
    // Gateways ask every two seconds: where there is nothing, the thread that writes sleeps on.
    if (!(await this.reader.read(() => this.freeStatement.get(claim.now) !== undefined))) return undefined;
    return (await this.writer.write('claimRewrap', claim)) ?? undefined;
  }

  async step(step: RewrapStep): Promise<RewrapRun | undefined> {
    return (await this.writer.write('stepRewrap', step)) ?? undefined;
  }

  async release(runId: string, owner: string, notBefore: number, waiting: string | undefined): Promise<void> {
    await this.writer.write('releaseRewrap', { runId, owner, notBefore, waiting });
  }

  async setState(
    contactCenter: string,
    id: string,
    state: 'running' | 'paused',
    at: string,
  ): Promise<RewrapRun | undefined> {
    return (await this.writer.write('setRewrapState', { contactCenter, id, state, at })) ?? undefined;
  }

  private envelopeAt({ recordingId, mediaId }: PositionRow): StoredEnvelope[] {
    const row = this.recordingStatement.get(recordingId);
    if (row === undefined) return [];
    const recording = JSON.parse(row.document) as Recording;
    const mediaFile = recording.mediaFiles.find(file => file.mediaId === mediaId);
    return mediaFile === undefined ? [] : [{ recording, mediaFile }];
  }
}

export const rewraps = storedThing<RewrapWrites, RewrapStore>({
  migrations: [
    { version: 24, worksWithCodeOf: 1, sql: recipientCountSchema },
    {
      version: 27,
      worksWithCodeOf: 1,
      sql: `CREATE INDEX rewrap_job_unfinished ON rewrap_job (contact_center) WHERE state <> 'done'`,
    },
  ],
  writes: rewrapWrites,
  open: (reader, writer) => new SqliteRewrapStore(reader, writer),
});

/** In the order of the database, which compares bytes of UTF-8. */
function byPosition(left: PositionRow, right: PositionRow): number {
  return (
    Buffer.compare(Buffer.from(left.recordingId), Buffer.from(right.recordingId)) ||
    Buffer.compare(Buffer.from(left.mediaId), Buffer.from(right.mediaId))
  );
}
