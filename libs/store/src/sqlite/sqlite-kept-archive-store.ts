import * as rows from '../kept-archives/kept-archive-rows.js';
import type {
  ArchiveEnd,
  ArchiveHold,
  ArchiveNeed,
  BegunArchive,
  FirstHold,
  KeptArchivePage,
  KeptArchiveStore,
} from '../kept-archives/kept-archive-store.js';
import { boundTo, countNeedingArchives, needsOneOf, needsSomething } from './archive-need-table.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { storedThing } from './stored-thing.js';

type KeptArchiveWrites = {
  beginKeptArchive: { input: { archive: BegunArchive; hold: FirstHold }; result: null };
  holdKeptArchive: { input: ArchiveHold; result: boolean };
  endKeptArchive: { input: { id: string; state: ArchiveEnd }; result: null };
  withdrawKeptArchive: { input: { contactCenter: string; id: string }; result: boolean };
  seeKeptArchive: { input: { contactCenter: string; id: string; at: string }; result: null };
};

function reading({ database }: DatabaseReader) {
  const contactCenter = '@contactCenter';
  const page = (which: string) =>
    database.prepare<[object], rows.KeptArchiveRow>(
      rows.pageQuery(which, { contactCenter, begunAt: '@begunAt', id: '@id', limit: '@limit' }),
    );
  return {
    all: page(needsSomething),
    needing: page(`${needsSomething} AND ${needsOneOf}`),
    find: database.prepare<[object], rows.KeptArchiveRow>(rows.archiveQuery({ contactCenter, id: '@id' })),
    needs: database.prepare<[object], rows.NeedRow>(rows.needsQuery(needsSomething, { contactCenter })),
  };
}

export const keptArchives = storedThing<KeptArchiveWrites, KeptArchiveStore>({
  migrations: [
    {
      version: 23,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE kept_archive (
          id TEXT NOT NULL PRIMARY KEY,
          contact_center TEXT NOT NULL,
          begun_at TEXT NOT NULL,
          state TEXT NOT NULL,
          hold_until INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          last_seen_at TEXT NOT NULL,
          for_recipient INTEGER NOT NULL, -- 1: its envelopes were re-wrapped
          document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX kept_archive_by_time ON kept_archive (contact_center, begun_at);
        CREATE TABLE archive_need (
          archive_id TEXT NOT NULL REFERENCES kept_archive (id) ON DELETE CASCADE,
          digest TEXT NOT NULL, -- of the recipients
          recipients TEXT NOT NULL, -- JSON
          media_files INTEGER NOT NULL,
          PRIMARY KEY (archive_id, digest)
        ) STRICT, WITHOUT ROWID;
        -- By which certificates are asked for.
        CREATE TABLE archive_recipient (
          contact_center TEXT NOT NULL,
          recipient TEXT NOT NULL,
          archive_id TEXT NOT NULL,
          digest TEXT NOT NULL,
          PRIMARY KEY (contact_center, recipient, archive_id, digest),
          FOREIGN KEY (archive_id, digest) REFERENCES archive_need (archive_id, digest) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX archive_recipient_by_need ON archive_recipient (archive_id, digest);
      `,
    },
  ],

  writes(database) {
    const forget = database.prepare<[string, number]>(
      `DELETE FROM kept_archive WHERE contact_center = ? AND state = 'making' AND hold_until <= ?`,
    );
    const insert = database.prepare<rows.BegunValues>(
      `INSERT INTO kept_archive (${rows.begunColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const hold = database
      .prepare<[string, number, string, string, number], string>(
        `UPDATE kept_archive SET state = ?, hold_until = ?, last_seen_at = ?
         WHERE id = ? AND state = 'making' AND hold_until > ? RETURNING contact_center`,
      )
      .pluck();
    const need = database.prepare<[string, string, string, number]>(
      `INSERT INTO archive_need (archive_id, digest, recipients, media_files) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET media_files = excluded.media_files`,
    );
    const recipient = database.prepare<[string, string, string, string]>(
      `INSERT INTO archive_recipient (contact_center, recipient, archive_id, digest) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    const end = database.prepare<[string, string]>(
      `UPDATE kept_archive SET state = ? WHERE id = ? AND state <> 'making'`,
    );
    const withdraw = database.prepare<[string, string]>('DELETE FROM kept_archive WHERE contact_center = ? AND id = ?');
    const see = database.prepare<[string, string, string, string]>(
      'UPDATE kept_archive SET last_seen_at = ? WHERE contact_center = ? AND id = ? AND last_seen_at < ?',
    );
    const put = (contactCenter: string, id: string, needs: readonly ArchiveNeed[]): void => {
      for (const one of needs) {
        const { digest, names, recipients } = rows.recipientsRow(one);
        need.run(id, digest, recipients, one.mediaFiles);
        for (const name of names) recipient.run(contactCenter, name, id, digest);
      }
    };
    return {
      beginKeptArchive: ({ archive, hold: begun }) => {
        forget.run(archive.contactCenter, begun.now);
        insert.run(...rows.begunValues(archive, begun));
        put(archive.contactCenter, archive.id, begun.needs);
        return null;
      },
      holdKeptArchive: ({ id, needs, at, now, holdUntil, isSealed }) => {
        const contactCenter = hold.get(isSealed ? 'sealed' : 'making', holdUntil, at, id, now);
        if (contactCenter === undefined) return false;
        put(contactCenter, id, needs);
        return true;
      },
      endKeptArchive: ({ id, state }) => {
        end.run(state, id);
        return null;
      },
      withdrawKeptArchive: ({ contactCenter, id }) => withdraw.run(contactCenter, id).changes > 0,
      seeKeptArchive: ({ contactCenter, id, at }) => {
        see.run(at, contactCenter, id, at);
        return null;
      },
    };
  },

  open(reader, writer) {
    const statements = reading(reader);
    const page = (asked: KeptArchivePage): rows.KeptArchiveRow[] => {
      const { contactCenter, needing, limit } = asked;
      const bound = boundTo(contactCenter, needing ?? { recipients: [], otherRecipients: [] });
      const which = needing === undefined ? 'all' : 'needing';
      return statements[which].all({ ...bound, ...rows.positionOf(asked), limit });
    };
    return {
      async begin(archive, hold) {
        await writer.write('beginKeptArchive', { archive, hold });
      },
      hold: hold => writer.write('holdKeptArchive', hold),
      async end(id, state) {
        await writer.write('endKeptArchive', { id, state });
      },
      withdraw: (contactCenter, id) => writer.write('withdrawKeptArchive', { contactCenter, id }),
      async seen(contactCenter, id, at) {
        await writer.write('seeKeptArchive', { contactCenter, id, at });
      },
      list: asked => reader.read(() => page(asked).map(rows.keptArchiveOf)),
      count: question => reader.read(() => countNeedingArchives(reader.database, question)),
      find: (contactCenter, id) =>
        reader.read(() => {
          const row = statements.find.get({ contactCenter, id });
          return row === undefined ? undefined : rows.keptArchiveOf(row);
        }),
      needs: contactCenter =>
        reader.read(() => statements.needs.all({ contactCenter, now: Date.now() }).map(rows.needOf)),
    };
  },
});
