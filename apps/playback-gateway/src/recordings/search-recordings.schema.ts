import { z } from 'zod';
import { RcsError } from '#platform';
import type { SearchPosition, SearchWindow } from '#store';

const pageSize = 100;

/** As recorders write times, or ISO 8601; a `+` that nobody encoded arrives as a blank. */
const time = z
  .string()
  .max(64)
  .transform(text => text.replace(' ', '+').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true, error: 'must be like 2026-11-21T08:00:00.000+0000' }))
  .transform(text => Date.parse(text));
const number = z.string().max(256);

const criteria = {
  callerPhoneNumber: number.optional().describe('letters and digits count, in their case; * stands for any characters'),
  dialedPhoneNumber: number.optional().describe('as callerPhoneNumber'),
  userName: z.string().min(1).max(1024).optional().describe('an agent of the recording, by user name or agent id'),
  startTime: time.optional().describe('started at this time or later'),
  endTime: time.optional().describe('started before this time'),
};

/** What recordings are asked for. Parameters that nobody here knows are refused: they would find too much. */
export const searchRecordingsSchema = z.strictObject({
  ...criteria,
  limit: z.coerce.number().int().min(1).max(pageSize).default(pageSize),
  position: z.string().max(1024).optional().describe('of a link to the next or the previous page'),
});

export type SearchRecordings = z.output<typeof searchRecordingsSchema>;

/** A search without criteria would answer everything. @throws RcsError RCS_MISSING_PARAMETER */
export function requireCriteria(asked: SearchRecordings): void {
  const names = Object.keys(criteria) as (keyof typeof criteria)[];
  if (names.some(name => asked[name] !== undefined)) return;
  throw new RcsError('RCS_MISSING_PARAMETER', undefined, { publicDetail: `one of ${names.join(', ')}` });
}

type Place = Pick<SearchWindow, 'towards' | 'position'>;

const placeSchema = z.tuple([z.enum(['older', 'newer']), z.int(), z.string().max(128)]);

/** Names a place in the results; it tells nothing but where a page begins. */
export function positionText(towards: SearchWindow['towards'], { startTime, id }: SearchPosition): string {
  return Buffer.from(JSON.stringify([towards, startTime, id])).toString('base64url');
}

/** @throws RcsError RCS_INVALID_VALUE for a position that is none. */
export function placeOf(position: string | undefined): Place {
  if (position === undefined) return { towards: 'older' };
  try {
    const [towards, startTime, id] = placeSchema.parse(JSON.parse(Buffer.from(position, 'base64url').toString()));
    return { towards, position: { startTime, id } };
  } catch (error) {
    const publicDetail = 'position: take the link from the page before';
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail, cause: error });
  }
}

/** The query of another page of the same search. */
export function pageQuery({ startTime, endTime, ...asked }: SearchRecordings, position: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, position })) query.set(name, String(value));
  for (const [name, value] of Object.entries({ startTime, endTime })) {
    if (value !== undefined) query.set(name, new Date(value).toISOString());
  }
  return query.toString();
}
