import {
  keptArchiveOf,
  needOf,
  recipientsRow,
  type KeptArchiveRow,
  type NeedRow,
} from '../kept-archives/kept-archive-rows.js';
import type {
  ArchiveHold,
  ArchiveNeed,
  BegunArchive,
  KeptArchive,
  KeptArchivePage,
  KeptArchiveStore,
  NeedOfArchives,
} from '../kept-archives/kept-archive-store.js';
import { needsCertificate, needsSomething } from './kept-archive-schema.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql } from './sql.js';

const columns = `kept.document, kept.state, kept.last_seen_at AS "lastSeenAt",
  (SELECT coalesce(SUM(media_files), 0)::bigint FROM archive_need WHERE archive_id = kept.id) AS "mediaFiles"`;

export class PostgresqlKeptArchiveStore implements KeptArchiveStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async begin(archive: BegunArchive, hold: Omit<ArchiveHold, 'id' | 'isSealed'>): Promise<void> {
    const { id, contactCenter, begunAt, recipient } = archive;
    const { needs, at, now, holdUntil } = hold;
    const forgetText = `DELETE FROM kept_archive WHERE contact_center = $1 AND state = 'making' AND hold_until <= $2`;
    const insertText = `
      INSERT INTO kept_archive (id, contact_center, begun_at, state, hold_until, last_seen_at, for_recipient, document)
      VALUES ($1, $2, $3, 'making', $4, $5, $6, $7)`;
    const forRecipient = recipient === undefined ? 0 : 1;
    const values = [id, contactCenter, begunAt, holdUntil, at, forRecipient, JSON.stringify(archive)];
    await this.database.transaction(async sql => {
      await sql.run(forgetText, [contactCenter, now]);
      await sql.run(insertText, values);
      await put(sql, contactCenter, id, needs);
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

  async end(id: string, state: 'whole' | 'broken-off'): Promise<void> {
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

  async list({ contactCenter, needing, after, limit }: KeptArchivePage): Promise<readonly KeptArchive[]> {
    const { begunAt, id } = after ?? { begunAt: '~', id: '' };
    const which = needing === undefined ? needsSomething('$2') : needsCertificate('$1', '$6', '$7', '$2');
    const text = `
      SELECT ${columns} FROM kept_archive AS kept
      WHERE kept.contact_center = $1 AND ${which}
        AND (kept.begun_at < $3 OR (kept.begun_at = $3 AND kept.id > $4))
      ORDER BY kept.begun_at DESC, kept.id LIMIT $5`;
    const names = needing === undefined ? [] : [needing.recipients, needing.otherRecipients];
    const values = [contactCenter, Date.now(), begunAt, id, limit, ...names];
    return (await this.database.read(sql => sql.all<KeptArchiveRow>(text, values))).map(keptArchiveOf);
  }

  async find(contactCenter: string, id: string): Promise<KeptArchive | undefined> {
    const text = `SELECT ${columns} FROM kept_archive AS kept WHERE kept.contact_center = $1 AND kept.id = $2`;
    const row = await this.database.read(sql => sql.first<KeptArchiveRow>(text, [contactCenter, id]));
    return row === undefined ? undefined : keptArchiveOf(row);
  }

  async needs(contactCenter: string): Promise<readonly NeedOfArchives[]> {
    const text = `
      SELECT need.recipients, SUM(need.media_files)::bigint AS "mediaFiles", COUNT(*) AS archives,
        kept.for_recipient AS "forRecipient"
      FROM kept_archive AS kept JOIN archive_need AS need ON need.archive_id = kept.id
      WHERE kept.contact_center = $1 AND ${needsSomething('$2')}
      GROUP BY need.recipients, kept.for_recipient
      ORDER BY "mediaFiles" DESC, need.recipients, kept.for_recipient`;
    return (await this.database.read(sql => sql.all<NeedRow>(text, [contactCenter, Date.now()]))).map(needOf);
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
    const { digest, names, recipients } = recipientsRow(need);
    await sql.run(needText, [id, digest, recipients, need.mediaFiles]);
    await sql.run(namesText, [contactCenter, id, digest, names]);
  }
}
