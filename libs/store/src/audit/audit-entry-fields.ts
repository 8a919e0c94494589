import type { AuditEntry } from './audit-record.js';

const longestText = 4096;

const textFields = [
  'event',
  'outcome',
  'user',
  'userSource',
  'address',
  'contactCenter',
  'recording',
  'mediaFile',
  'certificateAlias',
  'envelopeDigest',
  'contentProof',
  'range',
  'contentRange',
  'requestId',
  'detail',
] as const satisfies readonly (keyof AuditEntry)[];

/**
 * The known fields of an entry in the form they are hashed and stored in: much of it comes from strangers, and a login
 * with an endless or malformed name must be recorded too.
 * @throws RangeError when `bytes` is not a whole number from 0 to 2^53-1.
 */
export function auditEntryFields(entry: AuditEntry): AuditEntry {
  const fields: Record<string, string | number> = {};
  for (const name of textFields) {
    const text = entry[name];
    if (text !== undefined) fields[name] = storableText(text);
  }
  if (entry.bytes !== undefined) fields['bytes'] = wholeNumber(entry.bytes);
  return fields as unknown as AuditEntry;
}

/** Lone surrogates have no UTF-8 form (Unicode D92), so the database could not give them back. */
function storableText(text: string): string {
  const cut = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
  return cut.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function wholeNumber(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`bytes must be a whole number, not ${bytes}`);
  return bytes;
}
