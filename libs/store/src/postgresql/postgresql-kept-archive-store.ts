import * as rows from '../kept-archives/kept-archive-rows.js';
import type {
  ArchiveEnd,
  ArchiveHold,
  ArchiveNeed,
  BegunArchive,
  FirstHold,
  KeptArchive,
  KeptArchivePage,
  KeptArchiveStore,
  NeedOfArchives,
  NeedQuestion,
} from '../kept-archives/kept-archive-store.js';
import { earlierNow } from './earlier-now.js';
import { archivesNeeding, needsCertificate, needsSomething } from './kept-archive-schema.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql } from './sql.js';

export class PostgresqlKeptArchiveStore implements KeptArchiveStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async begin(archive: BegunArchive, hold: FirstHold): Promise<void> {
    const { id, contactCenter } = archive;
    const forgetText = `DELETE FROM kept_archive WHERE contact_center = $1 AND state = 'making' AND hold_until <= $2`;
    const insertText = `INSERT INTO kept_archive (${rows.begunColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
    await this.database.transaction(async sql => {
      await sql.run(forgetText, [contactCenter, await earlierNow(sql, hold.now)]);
      await sql.run(insertText, rows.begunValues(archive, hold));
      await put(sql, contactCenter, id, hold.needs);
    });
  }

  hold({ id, needs, at, now, holdUntil, isSealed }: ArchiveHold): Promise<boolean> {
    const text = `
      UPDATE kept_archive SET state = $1, hold_until = $2, last_seen_at = $3
      WHERE id = $4 AND state = 'making' AND hold_until > $5 RETURNING contact_center AS "contactCenter"`;
    return this.database.transaction(async sql => {
      const values = [isSealed ? 'sealed' : 'making', holdUntil, at, id, now];
      const row = await sql.first<{ readonly contactCenter: string }>(text, values);
      if (row === undefined) return false;
      await put(sql, row.contactCenter, id, needs);
      return true;
    });
  }

  async end(id: string, state: ArchiveEnd): Promise<void> {
    const text = `UPDATE kept_archive SET state = $1 WHERE id = $2 AND state <> 'making'`;
    await this.database.transaction(sql => sql.run(text, [state, id]));
  }

  withdraw(contactCenter: string, id: string): Promise<boolean> {
    const text = 'DELETE FROM kept_archive WHERE contact_center = $1 AND id = $2';
    return this.database.transaction(async sql => (await sql.run(text, [contactCenter, id])) > 0);
  }

  async seen(contactCenter: string, id: string, at: string): Promise<void> {
    const text = `
      UPDATE kept_archive SET last_seen_at = $1 WHERE contact_center = $2 AND id = $3 AND last_seen_at < $1`;
    await this.database.transaction(sql => sql.run(text, [at, contactCenter, id]));
  }

  async list(page: KeptArchivePage): Promise<readonly KeptArchive[]> {
    const { contactCenter, needing, limit } = page;
    const { begunAt, id } = rows.positionOf(page);
    const which = needing === undefined ? needsSomething('$2') : needsCertificate('$1', '$6', '$7', '$2');
    const text = rows.pageQuery(which, { contactCenter: '$1', begunAt: '$3', id: '$4', limit: '$5' });
    const names = needing === undefined ? [] : [needing.recipients, needing.otherRecipients];
    const found = await this.database.read(async sql => {
      const values = [contactCenter, await earlierNow(sql, Date.now()), begunAt, id, limit, ...names];
      return sql.all<rows.KeptArchiveRow>(text, values);
    });
    return found.map(rows.keptArchiveOf);
  }

  async count({ contactCenter, recipients, otherRecipients }: NeedQuestion): Promise<number> {
    const row = await this.database.read(async sql => {
      const values = [contactCenter, recipients, otherRecipients, await earlierNow(sql, Date.now())];
      return sql.first<{ readonly archives: number }>(`SELECT (${archivesNeeding}) AS archives`, values);
    });
    return row?.archives ?? 0;
  }

  async find(contactCenter: string, id: string): Promise<KeptArchive | undefined> {
    const text = rows.archiveQuery({ contactCenter: '$1', id: '$2' });
    const row = await this.database.read(sql => sql.first<rows.KeptArchiveRow>(text, [contactCenter, id]));
    return row === undefined ? undefined : rows.keptArchiveOf(row);
  }

  async needs(contactCenter: string): Promise<readonly NeedOfArchives[]> {
    const text = rows.needsQuery(needsSomething('$2'), { contactCenter: '$1' });
    const found = await this.database.read(async sql =>
      sql.all<rows.NeedRow>(text, [contactCenter, await earlierNow(sql, Date.now())]),
    );
    return found.map(rows.needOf);
  }
}

async function put(sql: Sql, contactCenter: string, id: string, needs: readonly ArchiveNeed[]): Promise<void> {
  const needText = `
    INSERT INTO archive_need (archive_id, digest, recipients, media_files) VALUES ($1, $2, $3, $4)
    ON CONFLICT (archive_id, digest) DO UPDATE SET media_files = excluded.media_files`;
  const namesText = `
    INSERT INTO archive_recipient (contact_center, recipient, archive_id, digest)
    SELECT $1, name, $2, $3 FROM unnest($4::text[]) AS name ON CONFLICT DO NOTHING`;
  for (const need of needs) {
    const { digest, names, recipients } = rows.recipientsRow(need);
    await sql.run(needText, [id, digest, recipients, need.mediaFiles]);
    await sql.run(namesText, [contactCenter, id, digest, names]);
  }
}
