import { accountId } from '../users/account.js';
import type { User } from '../users/user.js';

export type Row = Readonly<Record<string, string | number | Buffer | null>>;

/** How the rows of a SQLite store become those of a table in PostgreSQL. */
export interface CopiedTable {
  readonly table: string;
  /** Of the table in PostgreSQL; the statement gives them these names. */
  readonly columns: readonly string[];
  /** Reads the rows from SQLite. */
  readonly select: string;
  /** What rows are compared in the order of, on both sides: numbers, and texts by their bytes. */
  readonly key: readonly string[];
  /** The order in which rows are inserted, where PostgreSQL numbers them; otherwise that of the key. */
  readonly inserted?: string;
  /** What SQL cannot say. */
  readonly made?: (row: Row) => Row;
}

/** A table that is alike in both. */
function alike(table: string, key: readonly string[], others: readonly string[] = []): CopiedTable {
  const columns = [...key, ...others];
  const quoted = columns.map(column => `"${column}"`).join(', ');
  return { table, key, columns, select: `SELECT ${quoted} FROM ${table}` };
}

const owner = `ifnull(contact_center, '')`;
const ownId = `json_extract(document, '$.id')`;
const ownName = `json_extract(document, '$.name')`;

/** Tables of documents, each after those that it refers to. The index of searches is made again by gateways. */
export const documentTables: readonly CopiedTable[] = [
  {
    ...alike(
      'recording',
      ['id'],
      ['contact_center', 'region', 'start_time', 'caller_phone_number', 'dialed_phone_number', 'document'],
    ),
    inserted: 'rowid',
  },
  alike('envelope_pin', ['recording_id', 'media_id'], ['document']),
  alike('content_tree', ['recording_id', 'media_id'], ['leaves']),
  alike(
    'custody_proof',
    ['recording_id', 'media_id'],
    ['contact_center', 'outcome', 'code', 'certificate_alias', 'proved_at'],
  ),
  alike('media_recipient', ['contact_center', 'recipient', 'recording_id', 'media_id']),
  alike(
    'unindexed_media',
    ['recording_id', 'media_id'],
    ['contact_center', 'missing', 'attempts', 'next_attempt', 'reason'],
  ),
  {
    ...alike('media_file_count', ['contact_center', 'slot'], ['media_files']),
    select: 'SELECT contact_center, 0 AS slot, media_files FROM media_file_count',
  },
  alike('location_claim', ['location'], ['contact_center']),
  alike('claimed_storages', ['storages']),
  {
    table: 'user_account',
    columns: ['name', 'account', 'version', 'document'],
    select: `SELECT ${ownName} AS name, '' AS account, version, document FROM user_account`,
    // A version is given once.
    key: ['version'],
    // The row of the account that had a name first is kept under that name.
    inserted: `user_account.name <> ${ownName}, user_account.name`,
    made: row => ({ ...row, account: accountId(JSON.parse(String(row.document)) as User) }),
  },
  alike('user_version_counter', ['last']),
  alike('contact_center', ['id'], ['document']),
  alike('recording_certificate', ['contact_center', 'alias'], ['fingerprint', 'document']),
  alike('certificate_assignment', ['contact_center', 'target'], ['document']),
  alike('rewrap_job', ['id'], ['contact_center', 'created_at', 'state', 'owner', 'lease_until', 'document']),
  alike(
    'archive_job',
    ['id'],
    ['contact_center', 'created_at', 'state', 'scheduled_for', 'leaves_file', 'owner', 'lease_until', 'document'],
  ),
  alike('archive_part', ['job_id', 'number'], ['document']),
  alike('archive_schedule', ['contact_center'], ['document']),
  alike(
    'kept_archive',
    ['id'],
    ['contact_center', 'begun_at', 'state', 'hold_until', 'last_seen_at', 'for_recipient', 'document'],
  ),
  alike('archive_need', ['archive_id', 'digest'], ['recipients', 'media_files']),
  alike('archive_recipient', ['contact_center', 'recipient', 'archive_id', 'digest']),
  {
    ...alike('hawk_credential', ['id', 'contact_center'], ['document']),
    select: `SELECT ${ownId} AS id, ${owner} AS contact_center, document FROM hawk_credential`,
  },
  {
    ...alike('hawk_invitation', ['token_hash'], ['expires_at', 'contact_center', 'document']),
    select: `SELECT token_hash, expires_at, ${owner} AS contact_center, document FROM hawk_invitation`,
  },
  {
    ...alike('local_key_pair', ['id', 'contact_center'], ['date_created', 'document']),
    select: `SELECT ${ownId} AS id, ${owner} AS contact_center, date_created, document FROM local_key_pair`,
  },
  {
    table: 'local_key_request',
    columns: ['contact_center', 'time', 'document'],
    select: `SELECT ${owner} AS contact_center, time, document FROM local_key_request`,
    key: ['contact_center', 'time', 'sequence'],
    inserted: 'sequence',
  },
  alike('shared_secret', ['name'], ['secret']),
  alike('ended_session', ['session'], ['until']),
  alike('label_definition', ['contact_center', 'name'], ['display_name', 'description']),
  alike('recording_label', ['recording_id', 'name'], ['contact_center', 'user', 'time']),
  alike('deletion_protection', ['recording_id'], ['user', 'time']),
  alike('retention', ['contact_center'], ['rules', 'next_run']),
  alike('setting', ['contact_center', 'setting_group', 'name', 'location'], ['value', 'places']),
  alike('legal_hold', ['id'], ['recording_id', 'media_id', 'user', 'reason', 'time', 'until']),
  alike('seen_mark', ['account', 'recording_id'], ['time']),
  alike('media_location', ['location', 'recording_id', 'media_id']),
  alike(
    'removed_media',
    ['recording_id', 'media_id'],
    ['contact_center', 'location', 'descriptor', 'attempts', 'next_attempt', 'reason'],
  ),
  alike('hand_over', ['recording_id', 'receiver'], ['contact_center', 'state', 'attempts', 'next_attempt', 'reason']),
  alike('removal_order', ['recording_id', 'act'], ['contact_center', 'kind', 'user', 'reason', 'time', 'next_attempt']),
  alike('awaited_erasure', ['recording_id'], ['contact_center', 'user', 'reason', 'time', 'next_attempt']),
  {
    // Numbered anew, in the old order.
    ...alike('removal_ledger', ['recording_id', 'media_id'], ['contact_center', 'kind', 'time']),
    inserted: 'number',
  },
];

/** Tables of the audit: the records, what is made of them, and how far each chain is. */
export const auditTables: readonly CopiedTable[] = [
  {
    ...alike('audit_record', ['writer', 'sequence'], ['time', 'user_name', 'recording', 'record', 'personal', 'hash']),
    select: 'SELECT writer, sequence, time, user AS user_name, recording, record, personal, hash FROM audit_record',
  },
  {
    // Numbered anew, in the old order.
    ...alike('audit_erased', ['writer', 'sequence', 'fields'], ['hash']),
    inserted: 'number',
  },
  alike('audit_erasure_order', ['contact_center', 'kind', 'value'], ['writer', 'sequence']),
  alike('audit_checkpoint', ['number'], ['writer', 'digest', 'note']),
  alike('audit_tile', ['writer', 'level', 'position'], ['hash']),
  alike('audit_archive', ['number'], ['seal', 'chains']),
  alike('audit_archived_chain', ['writer'], ['size', 'hash', 'subtrees']),
  {
    ...alike('audit_chain', ['writer'], ['sequence', 'hash']),
    // SQLite takes the other columns from the row of the maximum.
    select: `
      SELECT writer, max(sequence) AS sequence, hash FROM (
        SELECT writer, sequence, hash FROM audit_record
        UNION ALL SELECT writer, size - 1, hash FROM audit_archived_chain
      ) GROUP BY writer`,
  },
];
