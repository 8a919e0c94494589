import {
  noPreviousHash,
  sealGenesisRecord,
  sealRecord,
  type ChainHead,
  type SealedRecord,
} from '../audit/audit-chain.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Sql } from './sql.js';

export interface TimedEntry {
  readonly entry: AuditEntry;
  readonly time: string;
}

/** The end of a chain that has no record yet. */
export const beforeTheFirst: ChainHead = { sequence: -1, hash: noPreviousHash };

const begin = 'INSERT INTO audit_chain (writer, sequence, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1';
const goOn = `UPDATE audit_chain SET sequence = $2, hash = $3
              WHERE writer = $1 AND sequence = $11 AND hash = $12 RETURNING 1`;
/** All of a batch or nothing, in one statement: only over the end of the chain that the batch continues. */
const append = (head: string): string => `
  WITH head AS (${head})
  INSERT INTO audit_record (writer, sequence, time, user_name, recording, record, personal, hash)
  SELECT $1, r.* FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS r
  WHERE EXISTS (SELECT FROM head)`;

/** The records that continue a chain, its first one before them where there is none. */
export function sealAfter(writer: string, head: ChainHead, entries: readonly TimedEntry[]): readonly SealedRecord[] {
  const sealed: SealedRecord[] = [];
  let last = head;
  const add = (next: SealedRecord): void => {
    sealed.push(next);
    last = next.record;
  };
  if (head.sequence < 0) add(sealGenesisRecord(writer, entries[0]?.time ?? new Date().toISOString()));
  for (const { entry, time } of entries) add(sealRecord(writer, last, entry, time));
  return sealed;
}

/** Where the chain of a writer ends. */
export async function headOf(sql: Sql, writer: string, locked = false): Promise<ChainHead> {
  const text = `SELECT sequence, hash FROM audit_chain WHERE writer = $1 ${locked ? 'FOR UPDATE' : ''}`;
  return (await sql.first<ChainHead>(text, [writer])) ?? beforeTheFirst;
}

/** False where the chain does not end with `head` any more; nothing is written then. */
export async function writeAfter(
  sql: Sql,
  writer: string,
  head: ChainHead,
  sealed: readonly SealedRecord[],
): Promise<boolean> {
  const last = sealed.at(-1)?.record ?? head;
  const values = [
    writer,
    last.sequence,
    last.hash,
    sealed.map(({ record }) => record.sequence),
    sealed.map(({ record }) => record.time),
    sealed.map(({ record }) => record.user ?? null),
    sealed.map(({ record }) => record.recording ?? null),
    sealed.map(({ text }) => text),
    sealed.map(({ personal }) => personal),
    sealed.map(({ record }) => record.hash),
  ];
  const written =
    head.sequence < 0
      ? await sql.run(append(begin), values)
      : await sql.run(append(goOn), [...values, head.sequence, head.hash]);
  return written === sealed.length;
}

/** Whether this very record was written: its hash is nobody else's. */
export async function isWritten(sql: Sql, { record }: SealedRecord): Promise<boolean> {
  const text = 'SELECT 1 FROM audit_record WHERE writer = $1 AND sequence = $2 AND time = $3 AND hash = $4';
  return (await sql.first(text, [record.writer, record.sequence, record.time, record.hash])) !== undefined;
}
