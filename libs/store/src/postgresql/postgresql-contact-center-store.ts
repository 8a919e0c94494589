import type { ContactCenter, ContactCenterStore } from '../contact-centers/contact-center.js';
import { documentIn, documentsIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlContactCenterStore implements ContactCenterStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  find(id: string): Promise<ContactCenter | undefined> {
    return this.database.read(sql =>
      documentIn<ContactCenter>(sql, 'SELECT document FROM contact_center WHERE id = $1', [id]),
    );
  }

  list(): Promise<readonly ContactCenter[]> {
    return this.database.read(sql =>
      documentsIn<ContactCenter>(sql, 'SELECT document FROM contact_center ORDER BY id'),
    );
  }

  async put(contactCenter: ContactCenter): Promise<void> {
    await this.database.transaction(sql =>
      sql.run(
        `INSERT INTO contact_center (id, document) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
        [contactCenter.id, JSON.stringify(contactCenter)],
      ),
    );
  }
}
