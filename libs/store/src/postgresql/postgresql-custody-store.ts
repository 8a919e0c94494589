import {
  proofOf,
  summariesOf,
  type CustodyRow,
  type MediaFileCount,
  type OldestProof,
  type OutcomeCount,
} from '../custody/custody-rows.js';
import type {
  CustodyCandidate,
  CustodyOutcome,
  CustodyProof,
  CustodyStore,
  CustodySummary,
} from '../custody/custody-store.js';
import type { Recording } from '../recordings/recording.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

const pageText = `
  SELECT r.document, p.media_id AS "mediaId", p.proved_at AS "provedAt"
  FROM (SELECT id, document FROM recording WHERE contact_center = $1 AND id > $2 ORDER BY id LIMIT $3) AS r
  LEFT JOIN custody_proof AS p ON p.recording_id = r.id ORDER BY r.id`;

interface PageRow {
  readonly document: string;
  readonly mediaId: string | null;
  readonly provedAt: number | null;
}

/** The recordings are held, in one order, so that a removal comes before or after, and takes the proofs along. */
const heldText = `
  SELECT id, document FROM recording WHERE id = ANY($1) AND contact_center = $2 ORDER BY id FOR SHARE`;
const keepText = `
  INSERT INTO custody_proof (recording_id, media_id, contact_center, outcome, code, certificate_alias, proved_at)
  SELECT recording_id, media_id, $1, outcome, code, alias, proved_at
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
    AS proof (recording_id, media_id, outcome, code, alias, proved_at)
  ON CONFLICT (recording_id, media_id) DO UPDATE SET outcome = excluded.outcome, code = excluded.code,
    certificate_alias = excluded.certificate_alias, proved_at = excluded.proved_at`;

const foundText = `
  SELECT recording_id AS "recordingId", media_id AS "mediaId", outcome, code, certificate_alias AS "certificateAlias",
    proved_at AS "provedAt"
  FROM custody_proof WHERE contact_center = $1 AND outcome = ANY($2) AND (recording_id, media_id) > ($3, $4)
  ORDER BY recording_id, media_id LIMIT $5`;

export class PostgresqlCustodyStore implements CustodyStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async page(contactCenter: string, after: string, limit: number): Promise<readonly CustodyCandidate[]> {
    const rows = await this.database.read(sql => sql.all<PageRow>(pageText, [contactCenter, after, limit]));
    const candidates = new Map<string, { recording: Recording; proofs: CustodyCandidate['proofs'][number][] }>();
    for (const { document, mediaId, provedAt } of rows) {
      const recording = JSON.parse(document) as Recording;
      const candidate = candidates.get(recording.id) ?? { recording, proofs: [] };
      candidates.set(recording.id, candidate);
      if (mediaId !== null && provedAt !== null) candidate.proofs.push({ mediaId, provedAt });
    }
    return [...candidates.values()];
  }

  async keep(contactCenter: string, proofs: readonly CustodyProof[]): Promise<void> {
    await this.database.transaction(async sql => {
      const ids = [...new Set(proofs.map(({ recordingId }) => recordingId))];
      const rows = await sql.all<{ id: string; document: string }>(heldText, [ids, contactCenter]);
      const mediaOf = new Map(rows.map(({ id, document }) => [id, (JSON.parse(document) as Recording).mediaFiles]));
      const there = proofs.filter(({ recordingId, mediaId }) =>
        mediaOf.get(recordingId)?.some(file => file.mediaId === mediaId),
      );
      if (there.length === 0) return;
      const column = <Value>(value: (proof: CustodyProof) => Value): Value[] => there.map(value);
      await sql.run(keepText, [
        contactCenter,
        column(({ recordingId }) => recordingId),
        column(({ mediaId }) => mediaId),
        column(({ outcome }) => outcome),
        column(({ code }) => code ?? null),
        column(({ certificateAlias }) => certificateAlias ?? null),
        column(({ provedAt }) => provedAt),
      ]);
    });
  }

  async summaries(contactCenter?: string): Promise<readonly CustodySummary[]> {
    const which = contactCenter === undefined ? '' : 'WHERE contact_center = $1';
    const values = contactCenter === undefined ? [] : [contactCenter];
    const filesText = `
      SELECT contact_center AS "contactCenter", SUM(media_files)::bigint AS "mediaFiles" FROM media_file_count ${which}
      GROUP BY contact_center ORDER BY contact_center`;
    const countsText = `
      SELECT contact_center AS "contactCenter", outcome, COUNT(*) AS count FROM custody_proof ${which}
      GROUP BY contact_center, outcome`;
    const oldestText = `
      SELECT contact_center AS "contactCenter",
        (SELECT MIN(proved_at) FROM custody_proof AS p WHERE p.contact_center = m.contact_center) AS oldest
      FROM (SELECT DISTINCT contact_center FROM media_file_count ${which}) AS m`;
    return this.database.read(async sql =>
      summariesOf(
        await sql.all<MediaFileCount>(filesText, values),
        await sql.all<OutcomeCount>(countsText, values),
        await sql.all<OldestProof>(oldestText, values),
      ),
    );
  }

  async found(
    contactCenter: string,
    outcomes: readonly CustodyOutcome[],
    { recordingId, mediaId }: { readonly recordingId: string; readonly mediaId: string },
    limit: number,
  ): Promise<readonly CustodyProof[]> {
    const values = [contactCenter, outcomes, recordingId, mediaId, limit];
    const rows = await this.database.read(sql => sql.all<CustodyRow>(foundText, values));
    return rows.map(proofOf);
  }
}
