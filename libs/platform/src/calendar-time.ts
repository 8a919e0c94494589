/**
 * Whether the day and the hour that an ISO 8601 time begins with exist. `Date.parse` makes the 1st of March of the 30th
 * of February, and the next day of 24 o'clock.
 * @param time `yyyy-mm-ddThh` and whatever follows
 */
export function isTimeOfCalendar(time: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 24] =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2})/.exec(time)?.slice(1).map(Number) ?? [];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return hour < 24 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
