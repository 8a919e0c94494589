import type { ArchiveSchedule } from '#store';

export const dayMs = 24 * 60 * 60_000;
/** A gateway that was off for longer makes up for the last of the days alone. */
const mostDays = 31;

/** The day of a time in UTC, yyyy-MM-dd. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** When a day begins in UTC, milliseconds since the epoch. */
export const beginOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The last day whose time of day is over. */
export function lastDueDay(at: string, now: number): string {
  const today = dayOf(now);
  return now >= Date.parse(`${today}T${at}:00Z`) ? today : dayOf(now - dayMs);
}

/** The days whose job is to be made now: those since the last one, the earliest first. */
export function dueDays({ at, lastDay }: Pick<ArchiveSchedule, 'at' | 'lastDay'>, now: number): string[] {
  const last = beginOf(lastDueDay(at, now));
  const first = Math.max(beginOf(lastDay) + dayMs, last - (mostDays - 1) * dayMs);
  const days: string[] = [];
  for (let time = first; time <= last; time += dayMs) days.push(dayOf(time));
  return days;
}
