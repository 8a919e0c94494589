import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import type { ContactCenter, ContactCenterStore } from '../contact-centers/contact-center.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { storedThing } from './stored-thing.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { WriteHandlers } from './writing/write-operation.js';

export type ContactCenterWrites = { putContactCenter: { input: ContactCenter; result: null } };

interface DocumentRow {
  readonly document: string;
}

class SqliteContactCenterStore implements ContactCenterStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly listStatement: Statement<[], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<ContactCenterWrites>,
  ) {
    this.findStatement = reader.database.prepare('SELECT document FROM contact_center WHERE id = ?');
    this.listStatement = reader.database.prepare('SELECT document FROM contact_center ORDER BY id');
  }

  find(id: string): Promise<ContactCenter | undefined> {
    return this.reader.read(() => {
      const row = this.findStatement.get(id);
      return row === undefined ? undefined : parse(row);
    });
  }

  list(): Promise<readonly ContactCenter[]> {
    return this.reader.read(() => this.listStatement.all().map(parse));
  }

  async put(contactCenter: ContactCenter): Promise<void> {
    await this.writer.write('putContactCenter', contactCenter);
  }
}

function parse(row: DocumentRow): ContactCenter {
  return JSON.parse(row.document) as ContactCenter;
}

function contactCenterWrites(database: Database.Database): WriteHandlers<ContactCenterWrites> {
  const put = database.prepare(
    `INSERT INTO contact_center (id, document) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
  );
  return {
    putContactCenter(contactCenter) {
      put.run(contactCenter.id, JSON.stringify(contactCenter));
      return null;
    },
  };
}

export const contactCenters = storedThing<ContactCenterWrites, ContactCenterStore>({
  writes: contactCenterWrites,
  open: (reader, writer) => new SqliteContactCenterStore(reader, writer),
});
