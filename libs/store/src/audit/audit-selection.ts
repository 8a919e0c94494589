import { isTimeOfCalendar, RcsError } from '#platform';
import type { AuditPosition, AuditQuery } from './audit-log.js';

/** A query whose values were checked; times as `yyyy-MM-ddTHH:mm:ss.SSSZ`. */
export interface AuditSelection {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly user: string | undefined;
  readonly recording: string | undefined;
  readonly contactCenter: string | undefined;
  readonly after: AuditPosition | undefined;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** @throws RcsError RCS_INVALID_VALUE for a time or limit that is none. */
export function checkedSelection({
  from,
  to,
  user,
  recording,
  contactCenter,
  after,
  limit,
  order,
}: AuditQuery): AuditSelection {
  return {
    from: checkedTime('from', from),
    to: checkedTime('to', to),
    user,
    recording,
    contactCenter,
    after,
    limit: checkedLimit(limit),
    newestFirst: order === 'newest-first',
  };
}

/**
 * A time with a zone as `yyyy-MM-ddTHH:mm:ss.SSSZ`.
 * @throws RcsError RCS_INVALID_VALUE
 */
export function checkedTime(name: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const hasZone = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(time);
  const milliseconds = hasZone && isTimeOfCalendar(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    const publicDetail = `${name} must be a time such as 2026-01-31T08:00:00.000Z or 2026-01-31T08:00:00.000+0000`;
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
  }
  return new Date(milliseconds).toISOString();
}

function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'limit must be a whole number, 0 or more' });
}
