import { hash as digest } from 'node:crypto';
import { canonicalJson } from '../canonical-json.js';
import type { AuditEntry, AuditRecord } from './audit-record.js';
import { commitmentsTo, personalFields, salted } from './personal-fields.js';

/** `previousHash` of the first record of every writer. */
export const noPreviousHash = '0'.repeat(64);

/** The event of the first record of every writer. */
export const genesisEvent = 'audit-chain-started';

/** The end of a writer's chain. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** A record, the exact text that its hash covers, and what lies beside that text. */
export interface SealedRecord {
  readonly record: AuditRecord;
  /** Canonical JSON of the record without its hash, with commitments in the place of personal fields. */
  readonly text: string;
  /** JSON of the personal fields and their salts; null when there are none. */
  readonly personal: string | null;
}

/** The record that comes after `head` in the chain of `writer`. */
export function sealRecord(writer: string, head: ChainHead, entry: AuditEntry, time: string): SealedRecord {
  const place = { writer, sequence: head.sequence + 1, time, previousHash: head.hash, version: 2 } as const;
  const personal = salted(entry);
  const commitments = commitmentsTo(personal);
  const hasPersonal = Object.keys(commitments).length > 0;
  const text = canonicalJson({ ...withoutPersonal(entry), ...place, ...(hasPersonal ? { commitments } : {}) });
  const hash = recordHash(head.hash, text);
  return {
    record: { ...entry, ...place, ...(hasPersonal ? { salts: personal.salts } : {}), hash },
    text,
    personal: hasPersonal ? JSON.stringify(personal) : null,
  };
}

/** The record that opens the chain of `writer` and names it, at sequence 0. */
export function sealGenesisRecord(writer: string, time: string): SealedRecord {
  const beforeTheFirst = { sequence: -1, hash: noPreviousHash };
  return sealRecord(writer, beforeTheFirst, { event: genesisEvent, outcome: 'done' }, time);
}

/** Hexadecimal SHA-256 over the hash of the record before and the canonical text of this one. */
export function recordHash(previousHash: string, text: string): string {
  return digest('sha256', previousHash + text, 'hex');
}

/**
 * The text that the hash of a record covers, made again from the record; undefined for a record with a personal field that
 * nothing commits to, or that is said to be erased as well: its hash would not cover what it says.
 */
export function hashedText(record: AuditRecord): string | undefined {
  const { salts = {}, erased = {}, ...rest } = record;
  if (record.version === undefined) return canonicalJson({ ...rest, hash: undefined });
  const isCovered = personalFields.every(field => {
    const parts = [record[field], salts[field], erased[field]].map(part => part !== undefined);
    return [
      [true, true, false],
      [false, false, true],
      [false, false, false],
    ].some(way => way.every((present, index) => present === parts[index]));
  });
  if (!isCovered) return undefined;
  const commitments = { ...commitmentsTo({ values: record, salts }), ...erased };
  return canonicalJson({
    ...withoutPersonal(rest),
    hash: undefined,
    ...(Object.keys(commitments).length > 0 ? { commitments } : {}),
  });
}

function withoutPersonal(record: object): object {
  const others: Record<string, unknown> = { ...record };
  for (const field of personalFields) others[field] = undefined;
  return others;
}
