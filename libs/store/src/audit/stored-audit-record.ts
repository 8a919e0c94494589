import { canonicalJson } from '../canonical-json.js';
import type { AuditRecord } from './audit-record.js';

/** A record as it lies in a database: the text that was hashed, its hash, and the columns it is searched by. */
export interface StoredAuditRecord {
  readonly writer: string;
  readonly sequence: number;
  readonly time: string;
  readonly user: string | null;
  readonly recording: string | null;
  /** Canonical JSON of the record without its hash. */
  readonly text: string;
  readonly hash: string;
}

/** What is stored is no audit record. */
export class MalformedAuditRecord extends Error {
  override readonly name = 'MalformedAuditRecord';
}

/** @throws MalformedAuditRecord saying what is wrong with it. */
export function parseStoredRecord(stored: StoredAuditRecord): AuditRecord {
  const parsed = parseObject(stored.text);
  if (canonicalJson(parsed) !== stored.text) throw new MalformedAuditRecord('its text is not canonical JSON');
  for (const name of ['writer', 'time', 'event', 'outcome', 'previousHash']) {
    if (typeof parsed[name] !== 'string') throw new MalformedAuditRecord(`its ${name} is not a text`);
  }
  if (!Number.isSafeInteger(parsed['sequence'])) throw new MalformedAuditRecord('its sequence is not a whole number');
  if (typeof stored.hash !== 'string' || !/^[0-9a-f]{64}$/.test(stored.hash)) {
    throw new MalformedAuditRecord('its hash is not 64 hexadecimal digits');
  }
  return { ...parsed, hash: stored.hash } as unknown as AuditRecord;
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedAuditRecord('its text is not JSON', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MalformedAuditRecord('its text is not a JSON object');
  }
  return parsed as Record<string, unknown>;
}
