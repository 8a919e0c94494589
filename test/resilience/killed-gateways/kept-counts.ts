import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { PostgresqlServer } from '#test/postgresql/postgresql-server.js';

/** More recipients than a counted set has. */
const mostInSet = 8;

/** What the store has of the recipients of recordings, in one moment. */
export interface RecipientRow {
  /** `row` says that a recording has a recipient; the others are what is kept of those rows. */
  readonly kind: 'row' | 'recipient' | 'set' | 'many';
  readonly center: string;
  /** Empty where it is of no single one. */
  readonly recording: string;
  /** A JSON array of them, where it is of a set. */
  readonly recipient: string;
  readonly number: number;
}

const question = (number: string, set: string): string => `
  SELECT DISTINCT 'row' AS kind, contact_center AS center, recording_id AS recording, recipient, 1 AS number FROM media_recipient
  UNION ALL SELECT 'recipient', contact_center, '', recipient, ${number} FROM recipient_count GROUP BY contact_center, recipient
  UNION ALL SELECT 'set', contact_center, '', ${set}, ${number} FROM recipient_set_count GROUP BY contact_center, recipients
  UNION ALL SELECT 'many', contact_center, recording_id, '', 1 FROM many_recipients`;

/** Of a cluster of the quickstart whose store is SQLite. */
export function recipientsInSqlite(dataDirectory: string): readonly RecipientRow[] {
  const database = new Database(join(dataDirectory, 'store/store.sqlite'), { readonly: true });
  try {
    return database.prepare<[], RecipientRow>(question('SUM(recordings)', 'recipients')).all();
  } finally {
    database.close();
  }
}

export async function recipientsInPostgresql(
  server: PostgresqlServer,
  database: string,
): Promise<readonly RecipientRow[]> {
  const rows = await server.execute(question('SUM(recordings)::int', 'array_to_json(recipients)::text'), database);
  return rows as unknown as readonly RecipientRow[];
}

/** What is kept, and what it should be, as lines of text: they are equal. */
export function keptAndAnew(rows: readonly RecipientRow[]): { readonly kept: string[]; readonly anew: string[] } {
  const names = rows.filter(({ kind }) => kind === 'row');
  const recordings = [...Map.groupBy(names, ({ center, recording }) => `${center} ${recording}`).values()].map(own => ({
    center: own[0]?.center ?? '',
    recording: own[0]?.recording ?? '',
    recipients: own.map(({ recipient }) => recipient).sort(),
  }));
  const several = recordings.filter(({ recipients }) => recipients.length > 1);
  const isMany = ({ recipients }: { readonly recipients: readonly string[] }): boolean => recipients.length > mostInSet;
  const anew = [
    ...counted(names.map(({ center, recipient }) => `recipient ${center} ${recipient}`)),
    ...counted(several.filter(own => !isMany(own)).map(own => `set ${own.center} ${JSON.stringify(own.recipients)}`)),
    ...several.filter(isMany).map(({ center, recording }) => `many ${center} ${recording}`),
  ];
  const kept = rows.flatMap(({ kind, center, recording, recipient, number }) => {
    if (kind === 'row' || number === 0) return [];
    if (kind === 'many') return [`many ${center} ${recording}`];
    return [`${kind} ${center} ${kind === 'set' ? JSON.stringify(JSON.parse(recipient)) : recipient}: ${number}`];
  });
  return { kept: kept.sort(), anew: anew.sort() };
}

/** Each once, with how often it is there. */
const counted = (lines: readonly string[]): string[] =>
  [...Map.groupBy(lines, line => line)].map(([line, same]) => `${line}: ${same.length}`);
