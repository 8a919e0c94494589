import type { Statement } from 'better-sqlite3';
import type { ContactCenter } from '../contact-centers/contact-center.js';
import type { ContactCenterStore } from '../contact-centers/contact-center-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { DocumentWrites } from './writing/write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export class SqliteContactCenterStore implements ContactCenterStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly listStatement: Statement<[], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<DocumentWrites>,
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
