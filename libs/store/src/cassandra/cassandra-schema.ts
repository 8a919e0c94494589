/** The schema that this code makes and uses. */
export const schemaVersion = 2;

/**
 * Tables, in the order in which they are made. Each partition is bounded: by a recording, by a media file, or by an owner or
 * number within some days.
 */
export const schema: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS rcs_schema (name text PRIMARY KEY, version int)`,
  // Others see a recording once it is complete: with its pins, claims and index.
  `CREATE TABLE IF NOT EXISTS recording (
     id text PRIMARY KEY, contact_center text, document text, inserted_by text, complete boolean)`,
  // What stands against a removal, and that one was decided, lie in the row that decides. revision: changes with each of them.
  `ALTER TABLE recording ADD IF NOT EXISTS (
     revision text, removal text, protection text, holds map<text, text>, labels map<text, text>)`,
  `CREATE TABLE IF NOT EXISTS envelope_pin (
     recording_id text, media_id text, document text, PRIMARY KEY ((recording_id, media_id)))`,
  // Leaves are written before the pin that names their root.
  `CREATE TABLE IF NOT EXISTS content_tree (
     recording_id text, media_id text, root text, leaves blob, PRIMARY KEY ((recording_id, media_id), root))`,
  // location: SHA-256. claimed_by: the insertion that needs it last, which may take it back where nobody came after.
  `CREATE TABLE IF NOT EXISTS location_claim (location blob PRIMARY KEY, contact_center text, claimed_by text)`,
  `CREATE TABLE IF NOT EXISTS media_location (
     location blob, recording_id text, media_id text, PRIMARY KEY ((location), recording_id, media_id))`,
  `CREATE TABLE IF NOT EXISTS recording_search (
     contact_center text, key text, bucket int, start_time bigint, recording_id text,
     region text, caller text, dialed text,
     PRIMARY KEY ((contact_center, key, bucket), start_time, recording_id))
   WITH CLUSTERING ORDER BY (start_time DESC, recording_id DESC)`,
  // Which buckets of a key have rows.
  `CREATE TABLE IF NOT EXISTS recording_search_bucket (
     contact_center text, key text, bucket int, PRIMARY KEY ((contact_center, key), bucket))
   WITH CLUSTERING ORDER BY (bucket DESC)`,
  // Written before a recording bears the label, and of one act each, so that nobody takes another's away.
  `CREATE TABLE IF NOT EXISTS label_use (
     contact_center text, name text, slot int, recording_id text, act text,
     PRIMARY KEY ((contact_center, name, slot), recording_id, act))`,
];
