import { canonicalJson } from '../canonical-json.js';
import type { AuditRecord } from './audit-record.js';
import { commitmentOf, personalFields, type ByPersonalField, type PersonalField } from './personal-fields.js';

/** A record as it lies in a database: the text that was hashed, its hash, and the columns it is searched by. */
export interface StoredAuditRecord {
  readonly writer: string;
  readonly sequence: number;
  readonly time: string;
  readonly user: string | null;
  readonly recording: string | null;
  /** Canonical JSON of the record without its hash; in version 2 commitments stand for the personal fields. */
  readonly text: string;
  /** JSON of the personal fields and their salts; null in records of before, and when there are none. */
  readonly personal: string | null;
  readonly hash: string;
  /** Names of the fields whose erasure is noted, separated by commas; absent where notes are not at hand, as in archives. */
  readonly erased?: string | null;
}

/** What is stored is no audit record, or not the one that was hashed. */
export class MalformedAuditRecord extends Error {
  override readonly name = 'MalformedAuditRecord';

  constructor(
    message: string,
    readonly kind: 'malformed' | 'hash-mismatch' = 'malformed',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws MalformedAuditRecord saying what is wrong with it. */
export function parseStoredRecord(stored: StoredAuditRecord): AuditRecord {
  const parsed = parseObject(stored.text, 'its text');
  if (canonicalJson(parsed) !== stored.text) throw new MalformedAuditRecord('its text is not canonical JSON');
  for (const name of ['writer', 'time', 'event', 'outcome', 'previousHash']) {
    if (typeof parsed[name] !== 'string') throw new MalformedAuditRecord(`its ${name} is not a text`);
  }
  if (!Number.isSafeInteger(parsed['sequence'])) throw new MalformedAuditRecord('its sequence is not a whole number');
  if (typeof stored.hash !== 'string' || !/^[0-9a-f]{64}$/.test(stored.hash)) {
    throw new MalformedAuditRecord('its hash is not 64 hexadecimal digits');
  }
  return { ...withPersonalFields(parsed, stored.personal), hash: stored.hash } as unknown as AuditRecord;
}

function withPersonalFields(parsed: Record<string, unknown>, personal: string | null): Record<string, unknown> {
  const { commitments, ...rest } = parsed;
  if (parsed['version'] === undefined) {
    if (personal !== null)
      throw new MalformedAuditRecord('it has values that its hash does not cover', 'hash-mismatch');
    return parsed;
  }
  if (parsed['version'] !== 2) throw new MalformedAuditRecord('its version is not known here');
  const committed = fieldTexts(commitments ?? {});
  const { values, salts } = personal === null ? { values: {}, salts: {} } : parsePersonal(personal);
  const erased: Partial<Record<PersonalField, string>> = {};
  for (const field of personalFields) {
    const value = values[field];
    const salt = salts[field];
    const commitment = committed[field];
    if (value === undefined || salt === undefined) {
      if (commitment !== undefined) erased[field] = commitment;
    } else if (commitmentOf(field, value, salt) !== commitment) {
      throw new MalformedAuditRecord(`its ${field} is not the one that was written`, 'hash-mismatch');
    }
  }
  return {
    ...rest,
    ...values,
    ...(Object.keys(salts).length > 0 ? { salts } : {}),
    ...(Object.keys(erased).length > 0 ? { erased } : {}),
  };
}

function parsePersonal(text: string): { readonly values: ByPersonalField; readonly salts: ByPersonalField } {
  const { values, salts, ...others } = parseObject(text, 'what lies beside it');
  if (Object.keys(others).length > 0)
    throw new MalformedAuditRecord('there are unknown values beside it', 'hash-mismatch');
  const parsed = { values: fieldTexts(values), salts: fieldTexts(salts) };
  const unpaired = personalFields.find(
    field => (parsed.values[field] === undefined) !== (parsed.salts[field] === undefined),
  );
  if (unpaired !== undefined) throw new MalformedAuditRecord(`its ${unpaired} has no salt, or a salt no value`);
  return parsed;
}

function fieldTexts(value: unknown): ByPersonalField {
  if (typeof value !== 'object' || value === null) throw new MalformedAuditRecord('its personal fields are no object');
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string' || !(personalFields as readonly string[]).includes(name)) {
      throw new MalformedAuditRecord(`${name} is no text of a personal field`, 'hash-mismatch');
    }
  }
  return value;
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedAuditRecord(`${what} is not JSON`, 'malformed', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MalformedAuditRecord(`${what} is not a JSON object`);
  }
  return parsed as Record<string, unknown>;
}
