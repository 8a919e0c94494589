import type {
  RecordingSearchStore,
  RecordingSearch,
  SearchPage,
  SearchWindow,
} from '../recording-search/recording-search-store.js';
import { searchPage } from '../recording-search/search-pages.js';
import type { Recording } from '../recordings/recording.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { SqliteSearchIndex } from './reading/sqlite-search-index.js';
import { storedThing } from './stored-thing.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { SearchTable } from './writing/search-table.js';

type SearchWrites = { indexRecordings: { input: number; result: number } };

class SqliteRecordingSearchStore implements RecordingSearchStore {
  private readonly index: SqliteSearchIndex;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<SearchWrites>,
  ) {
    this.index = new SqliteSearchIndex(reader);
  }

  search(search: RecordingSearch, window: SearchWindow): Promise<SearchPage> {
    return searchPage(search, window, this.index);
  }

  indexMissing(limit: number): Promise<number> {
    return this.writer.write('indexRecordings', limit);
  }

  isComplete(contactCenter: string): Promise<boolean> {
    const text = 'SELECT 1 FROM recording WHERE searchable = 0 AND contact_center = ? LIMIT 1';
    return this.reader.read(() => this.reader.database.prepare(text).get(contactCenter) === undefined);
  }
}

export const recordingSearch = storedThing<SearchWrites, RecordingSearchStore>({
  migrations: [
    {
      version: 9,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE recording_search (
          contact_center TEXT NOT NULL,
          start_time INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          region TEXT NOT NULL,
          caller TEXT NOT NULL, -- letters and digits alone
          dialed TEXT NOT NULL,
          PRIMARY KEY (contact_center, start_time, recording_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recording_search_by_caller ON recording_search (contact_center, caller, start_time, recording_id);
        CREATE INDEX recording_search_by_dialed ON recording_search (contact_center, dialed, start_time, recording_id);
        CREATE INDEX recording_search_by_recording ON recording_search (recording_id);

        CREATE TABLE recording_owner (
          contact_center TEXT NOT NULL,
          owner TEXT NOT NULL, -- agent:NAME or partition:PATH
          start_time INTEGER NOT NULL,
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          PRIMARY KEY (contact_center, owner, start_time, recording_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recording_owner_by_recording ON recording_owner (recording_id);

        -- Recordings from before there was an index, and of code that does not keep it.
        ALTER TABLE recording ADD COLUMN searchable INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX recording_not_searchable ON recording (contact_center) WHERE searchable = 0;
        DROP INDEX recording_by_start_time;
        DROP INDEX recording_by_caller;
        DROP INDEX recording_by_dialed;
      `,
    },
  ],

  writes(database) {
    const table = new SearchTable(database);
    const missing = database
      .prepare<[number], string>('SELECT document FROM recording WHERE searchable = 0 LIMIT ?')
      .pluck();
    return {
      indexRecordings(limit) {
        const documents = missing.all(limit);
        for (const document of documents) table.add(JSON.parse(document) as Recording);
        return documents.length;
      },
    };
  },

  open: (reader, writer) => new SqliteRecordingSearchStore(reader, writer),
});
