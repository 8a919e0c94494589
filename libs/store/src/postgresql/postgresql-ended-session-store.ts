import type { EndedSessionStore } from '../ended-sessions/ended-session-store.js';
import { earlierNow } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlEndedSessionStore implements EndedSessionStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async add(session: string, until: number): Promise<void> {
    await this.database.transaction(async sql => {
      await sql.run('DELETE FROM ended_session WHERE until < $1', [await earlierNow(sql, Date.now())]);
      await sql.run('INSERT INTO ended_session VALUES ($1, $2) ON CONFLICT DO NOTHING', [session, until]);
    });
  }

  async has(session: string): Promise<boolean> {
    const row = await this.database.read(sql => sql.first('SELECT 1 FROM ended_session WHERE session = $1', [session]));
    return row !== undefined;
  }
}
