import { RcsError } from '#platform';
import type { MediaFinding, PinnedMedia, PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import type { ClaimedLocation, InsertionDetails, LeavesPlace, RecordingStore } from '../recordings/recording-store.js';
import { epochMilliseconds, withoutLeaves } from '../recordings/stored-recording.js';
import { documentIn } from './document-row.js';
import { removedCode } from '../removal/removed-code.js';
import { addRecipients, claimLocations, countMedia, putPin } from './media-rows.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { beingCleared, holdPlaces } from './removal-rows.js';
import { insertHandOvers } from './postgresql-hand-over-store.js';
import { makeSearchable } from './postgresql-recording-search-store.js';
import type { Sql } from './sql.js';

const select = 'SELECT document FROM recording WHERE id = $1';

export class PostgresqlRecordingStore implements RecordingStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  insert(
    recording: Recording,
    { findings = [], locations = [], handOvers = [] }: InsertionDetails = {},
  ): Promise<'created' | 'unchanged'> {
    return this.database.transaction(async sql => {
      if (!(await insertRow(sql, recording))) return unchanged(sql, recording);
      await refuseRemoved(sql, recording);
      await insertMedia(sql, recording);
      await makeSearchable(sql, recording);
      await claim(sql, recording, locations);
      for (const finding of findings) await putPin(sql, recording, finding);
      await insertHandOvers(sql, recording, handOvers);
      return 'created';
    });
  }

  find(id: string): Promise<Recording | undefined> {
    return this.database.read(sql => documentIn<Recording>(sql, select, [id]));
  }

  pin(recordingId: string, finding: MediaFinding): Promise<PinResult> {
    return this.database.transaction(async sql => {
      // Held, so that no rewrap puts another envelope in the place of the one that was read.
      const recording = await documentIn<Recording>(sql, `${select} FOR NO KEY UPDATE`, [recordingId]);
      if (recording !== undefined) return putPin(sql, recording, finding);
      const message = `there is no recording ${recordingId} to pin a media file of`;
      throw new RcsError('RCS_RECORDING_NOT_FOUND', message);
    });
  }

  findPin(recordingId: string, mediaId: string): Promise<PinnedMedia | undefined> {
    const text = 'SELECT document FROM envelope_pin WHERE recording_id = $1 AND media_id = $2';
    return this.database.read(sql => documentIn<PinnedMedia>(sql, text, [recordingId, mediaId]));
  }

  async findLeaves(recordingId: string, mediaId: string): Promise<Buffer | undefined> {
    const text = 'SELECT leaves FROM content_tree WHERE recording_id = $1 AND media_id = $2';
    return (await this.database.read(sql => sql.first<{ leaves: Buffer }>(text, [recordingId, mediaId])))?.leaves;
  }

  async findLeavesAt(
    recordingId: string,
    mediaId: string,
    places: readonly LeavesPlace[],
  ): Promise<readonly Buffer[] | undefined> {
    const text = `
      SELECT substring(leaves FROM place.first FOR place.count) AS leaves
      FROM content_tree, unnest($3::int[], $4::int[]) WITH ORDINALITY AS place(first, count, number)
      WHERE recording_id = $1 AND media_id = $2 ORDER BY place.number`;
    const [firsts, counts] = [places.map(({ start }) => start + 1), places.map(({ start, end }) => end - start)];
    const values = [recordingId, mediaId, firsts, counts];
    const rows = await this.database.read(sql => sql.all<{ leaves: Buffer }>(text, values));
    return rows.length === places.length ? rows.map(({ leaves }) => leaves) : undefined;
  }
}

/** False where there is a recording of this id: one that is being inserted at this moment is waited for. */
async function insertRow(sql: Sql, recording: Recording): Promise<boolean> {
  const inserted = await sql.run(
    `INSERT INTO recording (id, contact_center, region, start_time, caller_phone_number, dialed_phone_number, document)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [
      recording.id,
      recording.contactCenter,
      recording.region,
      epochMilliseconds(recording.startTime),
      recording.callerPhoneNumber ?? null,
      recording.dialedPhoneNumber ?? null,
      JSON.stringify(recording),
    ],
  );
  return inserted === 1;
}

async function unchanged(sql: Sql, recording: Recording): Promise<'unchanged'> {
  const present = await documentIn<Recording>(sql, select, [recording.id]);
  if (present !== undefined && withoutLeaves(present) === withoutLeaves(recording)) return 'unchanged';
  throw new RcsError('RCS_RECORDING_EXISTS', `a different recording ${recording.id} is stored`);
}

async function refuseRemoved(sql: Sql, { id, contactCenter }: Recording): Promise<void> {
  const text = `SELECT contact_center AS "goneFrom" FROM removal_ledger WHERE recording_id = $1 AND media_id = ''`;
  const row = await sql.first<{ goneFrom: string }>(text, [id]);
  if (row !== undefined) throw new RcsError(removedCode(row.goneFrom, contactCenter), `recording ${id} was removed`);
}

/** What is known of each media file by the metadata, and that nobody has looked at it. */
async function insertMedia(sql: Sql, { id, contactCenter, mediaFiles }: Recording): Promise<void> {
  await sql.run(
    `INSERT INTO unindexed_media (recording_id, media_id, contact_center, missing, attempts, next_attempt)
     SELECT $1, unnest($2::text[]), $3, 'inspection', 0, 0`,
    [id, mediaFiles.map(({ mediaId }) => mediaId), contactCenter],
  );
  await countMedia(sql, contactCenter, mediaFiles.length);
  for (const { mediaId, recipients = [] } of mediaFiles) {
    await addRecipients(sql, contactCenter, id, mediaId, recipients);
  }
}

async function claim(sql: Sql, { id, contactCenter }: Recording, locations: readonly ClaimedLocation[]): Promise<void> {
  const [taken] = await claimLocations(
    sql,
    locations.map(place => ({ contactCenter, recordingId: id, ...place })),
  );
  if (taken !== undefined) throw takenLocation(taken.mediaId, `name a location of the contact center's own`);
  await holdPlaces(
    sql,
    locations.map(({ location }) => location),
    'FOR SHARE',
  );
  const cleared = await beingCleared(sql, locations);
  if (cleared === undefined) return;
  throw takenLocation(cleared.mediaId, 'the file of a removed recording lies there; name another location');
}

function takenLocation(mediaId: string, advice: string): RcsError {
  const detail = `${JSON.stringify(mediaId)}: ${advice}`;
  return new RcsError('RCS_MEDIA_LOCATION_TAKEN', detail, { publicDetail: detail });
}
