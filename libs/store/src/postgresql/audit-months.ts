import type { PostgresqlDatabase } from './postgresql-database.js';

/** The partitions that records lie in, a month each: made before the first record of a month comes. */
export class AuditMonths {
  private readonly known = new Set<string>();

  constructor(private readonly database: PostgresqlDatabase) {}

  /** @param times ISO 8601, UTC */
  async prepare(times: Iterable<string>): Promise<void> {
    for (const time of times) {
      const month = time.slice(0, 7);
      if (this.known.has(month)) continue;
      await this.database.read(sql => sql.all('SELECT rcs_audit_month($1)', [month]));
      this.known.add(month);
    }
  }

  /** Another server may not have them yet. */
  forget(): void {
    this.known.clear();
  }
}
