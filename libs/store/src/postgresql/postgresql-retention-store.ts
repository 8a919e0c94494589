import type { RetentionRule, RetentionStore } from '../retention/retention-rule.js';
import { earlierNow } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlRetentionStore implements RetentionStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async rulesOf(contactCenter: string): Promise<readonly RetentionRule[]> {
    const text = 'SELECT rules FROM retention WHERE contact_center = $1';
    const row = await this.database.read(sql => sql.first<{ rules: string }>(text, [contactCenter]));
    return JSON.parse(row?.rules ?? '[]') as readonly RetentionRule[];
  }

  async putRules(contactCenter: string, rules: readonly RetentionRule[]): Promise<void> {
    const text = `INSERT INTO retention VALUES ($1, $2, 0)
                  ON CONFLICT (contact_center) DO UPDATE SET rules = excluded.rules, next_run = 0`;
    await this.database.transaction(sql => sql.run(text, [contactCenter, JSON.stringify(rules)]));
  }

  async claimDue(now: number, nextRun: number): Promise<readonly string[]> {
    // A clock that was set back, or that of a gateway that was ahead, must not keep everybody from them.
    const text = `UPDATE retention SET next_run = $1 WHERE (next_run <= $2 OR next_run > $3) AND rules <> '[]'
                  RETURNING contact_center AS "contactCenter"`;
    const values = [nextRun, now, now + 10 * (nextRun - now)];
    const rows = await this.database.transaction(sql => sql.all<{ contactCenter: string }>(text, values));
    return rows.map(({ contactCenter }) => contactCenter);
  }

  notAhead(now: number): Promise<number> {
    return this.database.read(sql => earlierNow(sql, now));
  }
}
