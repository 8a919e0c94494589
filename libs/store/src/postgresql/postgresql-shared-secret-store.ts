import type { SharedSecretStore } from '../shared-secrets/shared-secret-store.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

const find = 'SELECT secret FROM shared_secret WHERE name = $1';

export class PostgresqlSharedSecretStore implements SharedSecretStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async agree(name: string, proposed: string): Promise<string> {
    const agreed = await this.database.read(sql => sql.first<{ secret: string }>(find, [name]));
    if (agreed !== undefined) return agreed.secret;
    return this.database.transaction(async sql => {
      await sql.run('INSERT INTO shared_secret VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, proposed]);
      return (await sql.first<{ secret: string }>(find, [name]))?.secret ?? proposed;
    });
  }
}
