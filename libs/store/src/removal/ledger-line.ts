import { z } from 'zod';
import { RcsError } from '#platform';
import type { ErasedFields } from '../audit/audit-erasure.js';
import type { LedgerEntry } from './removal-store.js';

const text = z.string().min(1).max(1024);

const ledgerLineSchema = z.strictObject({
  number: z.int().min(1),
  recording: text,
  /** Absent: the whole recording. */
  mediaFile: text.optional(),
  contactCenter: text,
  kind: z.enum(['deleted', 'expired', 'erased']),
  time: z.iso.datetime(),
});

const forgottenLineSchema = z.strictObject({
  number: z.int().min(1),
  kind: z.literal('forgotten'),
  writer: text,
  record: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  fields: text,
});

/** What the file has: removals of recordings, and of personal fields of the audit. Each kind has numbers of its own. */
export type LedgerItem = { readonly removal: LedgerEntry } | { readonly forgotten: ErasedFields };

/** Personal fields that the audit has forgotten, as a line of the ledger file. */
export function forgottenLine({ number, writer, sequence, hash, fields }: ErasedFields): string {
  const line: z.output<typeof forgottenLineSchema> = {
    number,
    kind: 'forgotten',
    writer,
    record: sequence,
    hash,
    fields,
  };
  return `${JSON.stringify(line)}\n`;
}

/** @throws RcsError RCS_INVALID_VALUE for what is no such line. */
export function parseLedgerItem(line: string): LedgerItem {
  if (!line.includes('"kind":"forgotten"')) return { removal: parseLedgerLine(line) };
  try {
    const { record, number, writer, hash, fields } = forgottenLineSchema.parse(JSON.parse(line));
    return { forgotten: { number, writer, sequence: record, hash, fields } };
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'it is no removal', { cause: error });
  }
}

/** One removal as a line of the ledger file. */
export function ledgerLine({ number, recordingId, mediaId, contactCenter, kind, time }: LedgerEntry): string {
  const line: z.output<typeof ledgerLineSchema> = {
    number,
    recording: recordingId,
    ...(mediaId === undefined ? {} : { mediaFile: mediaId }),
    contactCenter,
    kind,
    time,
  };
  return `${JSON.stringify(line)}\n`;
}

/** @throws RcsError RCS_INVALID_VALUE for what is no such line. */
export function parseLedgerLine(line: string): LedgerEntry {
  try {
    const { number, recording, mediaFile, contactCenter, kind, time } = ledgerLineSchema.parse(JSON.parse(line));
    const ofMedia = mediaFile === undefined ? {} : { mediaId: mediaFile };
    return { number, recordingId: recording, ...ofMedia, contactCenter, kind, time };
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'it is no removal', { cause: error });
  }
}
