import { z } from 'zod';
import { RcsError } from '#platform';
import type { LedgerEntry } from '#store';

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
