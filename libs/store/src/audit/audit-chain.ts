import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.js';
import type { AuditEntry, AuditRecord } from './audit-record.js';

/** `previousHash` of the first record of every writer. */
export const noPreviousHash = '0'.repeat(64);

/** The end of a writer's chain. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** A record and the exact text that its hash covers. */
export interface SealedRecord {
  readonly record: AuditRecord;
  /** Canonical JSON of the record without its hash. */
  readonly text: string;
}

/** The record that comes after `head` in the chain of `writer`. */
export function sealRecord(writer: string, head: ChainHead, entry: AuditEntry, time: string): SealedRecord {
  const unsealed = { ...entry, writer, sequence: head.sequence + 1, time, previousHash: head.hash };
  const text = canonicalJson(unsealed);
  return { record: { ...unsealed, hash: recordHash(head.hash, text) }, text };
}

/** The record that opens the chain of `writer` and names it, at sequence 0. */
export function sealGenesisRecord(writer: string, time: string): SealedRecord {
  const beforeTheFirst = { sequence: -1, hash: noPreviousHash };
  return sealRecord(writer, beforeTheFirst, { event: 'audit-chain-started', outcome: 'done' }, time);
}

/** Hexadecimal SHA-256 over the hash of the record before and the canonical text of this one. */
export function recordHash(previousHash: string, text: string): string {
  return createHash('sha256').update(previousHash).update(text).digest('hex');
}
