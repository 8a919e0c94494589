import type { types } from 'cassandra-driver';
import { completedPin, type MediaFinding, type PinnedMedia, type PinResult } from '../recordings/pinned-media.js';
import type { CassandraDatabase } from './cassandra-database.js';

const select = 'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?';

/** Pins what was found, or completes the pin that is there. The first writer wins; a repetition changes nothing. */
export async function putPin(
  database: CassandraDatabase,
  recordingId: string,
  { mediaId, pin: found, leaves }: MediaFinding,
): Promise<PinResult> {
  if (leaves !== undefined && found.contentRoot !== undefined) {
    const text = 'INSERT INTO content_tree (recording_id, media_id, root, leaves) VALUES (?, ?, ?, ?)';
    await database.run(text, [recordingId, mediaId, found.contentRoot, Buffer.from(leaves)]);
  }
  for (;;) {
    const before = documentOf(await database.firstDecided(select, [recordingId, mediaId]));
    const known = before === undefined ? undefined : (JSON.parse(before) as PinnedMedia);
    const agreed = known === undefined ? found : completedPin(known, found);
    if (agreed === undefined) return { pin: known ?? found, agreed: false };
    const isTree = leaves !== undefined && agreed.contentRoot === found.contentRoot;
    const pin: PinnedMedia = isTree ? { ...agreed, leavesKept: true } : agreed;
    const document = JSON.stringify(pin);
    if (document === before) return { pin, agreed: true };
    if (await replaced(database, [recordingId, mediaId], before, document)) return { pin, agreed: true };
  }
}

/** False where another pin came first. */
function replaced(
  database: CassandraDatabase,
  key: readonly [string, string],
  before: string | undefined,
  document: string,
): Promise<boolean> {
  if (before === undefined) {
    const insert = 'INSERT INTO envelope_pin (recording_id, media_id, document) VALUES (?, ?, ?) IF NOT EXISTS';
    return database.runIf(insert, [...key, document]);
  }
  const update = 'UPDATE envelope_pin SET document = ? WHERE recording_id = ? AND media_id = ? IF document = ?';
  return database.runIf(update, [document, ...key, before]);
}

export async function findPin(
  database: CassandraDatabase,
  recordingId: string,
  mediaId: string,
): Promise<PinnedMedia | undefined> {
  const document = documentOf(await database.first(select, [recordingId, mediaId]));
  return document === undefined ? undefined : (JSON.parse(document) as PinnedMedia);
}

/** Leaves of the root that is pinned: those of others, which somebody found and nobody pinned, do not count. */
export async function findLeaves(
  database: CassandraDatabase,
  recordingId: string,
  mediaId: string,
): Promise<Buffer | undefined> {
  const pin = await findPin(database, recordingId, mediaId);
  if (pin?.leavesKept !== true || pin.contentRoot === undefined) return undefined;
  const text = 'SELECT leaves FROM content_tree WHERE recording_id = ? AND media_id = ? AND root = ?';
  const row = await database.first(text, [recordingId, mediaId, pin.contentRoot]);
  return row === undefined ? undefined : (row['leaves'] as Buffer);
}

const documentOf = (row: types.Row | undefined): string | undefined => row?.['document'] as string | undefined;
