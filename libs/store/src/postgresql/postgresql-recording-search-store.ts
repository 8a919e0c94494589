import { indexedRecording } from '../recording-search/indexed-recording.js';
import type {
  RecordingSearch,
  RecordingSearchStore,
  SearchPage,
  SearchWindow,
} from '../recording-search/recording-search-store.js';
import { searchPage } from '../recording-search/search-pages.js';
import type { Recording } from '../recordings/recording.js';
import { documentsIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { PostgresqlSearchIndex } from './postgresql-search-index.js';
import type { Sql } from './sql.js';

export class PostgresqlRecordingSearchStore implements RecordingSearchStore {
  private readonly index: PostgresqlSearchIndex;

  constructor(private readonly database: PostgresqlDatabase) {
    this.index = new PostgresqlSearchIndex(database);
  }

  search(search: RecordingSearch, window: SearchWindow): Promise<SearchPage> {
    return searchPage(search, window, this.index);
  }

  /** Several gateways may do it at once: each takes other recordings. */
  indexMissing(limit: number): Promise<number> {
    const text = 'SELECT document FROM recording WHERE NOT searchable LIMIT $1 FOR UPDATE SKIP LOCKED';
    return this.database.transaction(async sql => {
      const recordings = await documentsIn<Recording>(sql, text, [limit]);
      for (const recording of recordings) await makeSearchable(sql, recording);
      return recordings.length;
    });
  }

  async isComplete(contactCenter: string): Promise<boolean> {
    const text = 'SELECT 1 FROM recording WHERE NOT searchable AND contact_center = $1 LIMIT 1';
    return (await this.database.read(sql => sql.first(text, [contactCenter]))) === undefined;
  }
}

/** Puts a recording that is stored into the index. */
export async function makeSearchable(sql: Sql, recording: Recording): Promise<void> {
  const { contactCenter, id, region, startTime, caller, dialed, owners } = indexedRecording(recording);
  await sql.run(
    `INSERT INTO recording_search (contact_center, start_time, recording_id, region, caller, dialed)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [contactCenter, startTime, id, region, caller, dialed],
  );
  if (owners.length > 0) {
    await sql.run(
      `INSERT INTO recording_owner (contact_center, owner, start_time, recording_id)
       SELECT $1, unnest($2::text[]), $3, $4`,
      [contactCenter, owners, startTime, id],
    );
  }
  await sql.run('UPDATE recording SET searchable = true WHERE id = $1', [id]);
}
