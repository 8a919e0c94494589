import {
  proofOf,
  summariesOf,
  type CustodyRow,
  type MediaFileCount,
  type OldestProof,
  type OutcomeCount,
} from '../custody/custody-rows.js';
import type { CustodyProof, CustodyStore } from '../custody/custody-store.js';
import type { Recording } from '../recordings/recording.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { storedThing } from './stored-thing.js';

type CustodyWrites = {
  keepProofs: { input: { readonly contactCenter: string; readonly proofs: readonly CustodyProof[] }; result: number };
};

const columns = `recording_id AS recordingId, media_id AS mediaId, outcome, code, certificate_alias AS certificateAlias,
  proved_at AS provedAt`;

function reading({ database }: DatabaseReader) {
  return {
    page: database.prepare<[string, string, number], { readonly id: string; readonly document: string }>(
      'SELECT id, document FROM recording WHERE contact_center = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    proofs: database.prepare<[string], Pick<CustodyProof, 'mediaId' | 'provedAt'>>(
      'SELECT media_id AS mediaId, proved_at AS provedAt FROM custody_proof WHERE recording_id = ?',
    ),
    summaries: (contactCenter: string | undefined) => {
      const which = contactCenter === undefined ? '' : 'WHERE contact_center = @contactCenter';
      const named = { contactCenter };
      return summariesOf(
        database
          .prepare<[object], MediaFileCount>(
            `SELECT contact_center AS contactCenter, media_files AS mediaFiles FROM media_file_count ${which}
             ORDER BY contact_center`,
          )
          .all(named),
        database
          .prepare<[object], OutcomeCount>(
            `SELECT contact_center AS contactCenter, outcome, media_files AS count FROM custody_count ${which}`,
          )
          .all(named),
        database
          .prepare<[object], OldestProof>(
            `SELECT contact_center AS contactCenter,
               (SELECT MIN(proved_at) FROM custody_proof AS p WHERE p.contact_center = m.contact_center) AS oldest
             FROM media_file_count AS m ${which}`,
          )
          .all(named),
      );
    },
    found: database.prepare<[string, string, string, string, number], CustodyRow>(
      `SELECT ${columns} FROM custody_proof
       WHERE contact_center = ? AND outcome = ? AND (recording_id, media_id) > (?, ?)
       ORDER BY recording_id, media_id LIMIT ?`,
    ),
  };
}

export const custody = storedThing<CustodyWrites, CustodyStore>({
  migrations: [
    {
      version: 20,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE custody_proof (
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          media_id TEXT NOT NULL,
          contact_center TEXT NOT NULL,
          outcome TEXT NOT NULL,
          code TEXT,
          certificate_alias TEXT,
          proved_at INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          PRIMARY KEY (recording_id, media_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX custody_proof_by_outcome
          ON custody_proof (contact_center, outcome, recording_id, media_id);
        CREATE INDEX custody_proof_by_time ON custody_proof (contact_center, proved_at);

        -- Counting many rows would keep everybody waiting.
        CREATE TABLE custody_count (
          contact_center TEXT NOT NULL,
          outcome TEXT NOT NULL,
          media_files INTEGER NOT NULL,
          PRIMARY KEY (contact_center, outcome)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER custody_proved AFTER INSERT ON custody_proof
          BEGIN INSERT INTO custody_count VALUES (new.contact_center, new.outcome, 1)
            ON CONFLICT DO UPDATE SET media_files = media_files + 1;
          END;
        CREATE TRIGGER custody_proof_gone AFTER DELETE ON custody_proof
          BEGIN UPDATE custody_count SET media_files = media_files - 1
            WHERE contact_center = old.contact_center AND outcome = old.outcome;
          END;
        CREATE TRIGGER custody_proved_again AFTER UPDATE OF outcome ON custody_proof
          BEGIN
            UPDATE custody_count SET media_files = media_files - 1
              WHERE contact_center = old.contact_center AND outcome = old.outcome;
            INSERT INTO custody_count VALUES (new.contact_center, new.outcome, 1)
              ON CONFLICT DO UPDATE SET media_files = media_files + 1;
          END;

        CREATE INDEX recording_by_contact_center ON recording (contact_center, id);
      `,
    },
  ],

  writes(database) {
    const keep = database.prepare<[string, string | null, string | null, number, string, string, string]>(
      `INSERT INTO custody_proof (recording_id, media_id, contact_center, outcome, code, certificate_alias, proved_at)
       SELECT recording.id, file.value ->> '$.mediaId', recording.contact_center, ?, ?, ?, ?
       FROM recording, json_each(recording.document, '$.mediaFiles') AS file
       WHERE recording.id = ? AND recording.contact_center = ? AND file.value ->> '$.mediaId' = ?
       ON CONFLICT DO UPDATE SET outcome = excluded.outcome, code = excluded.code,
         certificate_alias = excluded.certificate_alias, proved_at = excluded.proved_at`,
    );
    return {
      keepProofs: ({ contactCenter, proofs }) => {
        let kept = 0;
        for (const { recordingId, mediaId, outcome, code, certificateAlias, provedAt } of proofs) {
          const { changes } = keep.run(
            ...([outcome, code ?? null, certificateAlias ?? null, provedAt] as const),
            ...([recordingId, contactCenter, mediaId] as const),
          );
          kept += changes;
        }
        return kept;
      },
    };
  },

  open(reader, writer) {
    const statements = reading(reader);
    return {
      page: (contactCenter, after, limit) =>
        reader.read(() =>
          statements.page.all(contactCenter, after, limit).map(({ id, document }) => ({
            recording: JSON.parse(document) as Recording,
            proofs: statements.proofs.all(id),
          })),
        ),
      async keep(contactCenter, proofs) {
        await writer.write('keepProofs', { contactCenter, proofs });
      },
      summaries: contactCenter => reader.read(() => statements.summaries(contactCenter)),
      found: (contactCenter, outcomes, { recordingId, mediaId }, limit) =>
        reader.read(() =>
          outcomes
            .flatMap(outcome => statements.found.all(contactCenter, outcome, recordingId, mediaId, limit))
            .sort(byPosition)
            .slice(0, limit)
            .map(proofOf),
        ),
    };
  },
});

/** In the order of the database, which compares bytes of UTF-8. */
const byPosition = (one: CustodyRow, other: CustodyRow): number =>
  Buffer.compare(Buffer.from(one.recordingId), Buffer.from(other.recordingId)) ||
  Buffer.compare(Buffer.from(one.mediaId), Buffer.from(other.mediaId));
