import { dueDays, lastDueDay } from './due-days.js';

const at = (time: string): number => Date.parse(time);

describe(lastDueDay.name, () => {
  it('is a day from its time of day on, in UTC', () => {
    expect(lastDueDay('02:30', at('2026-11-28T02:29:59.999Z'))).toBe('2026-11-27');
    expect(lastDueDay('02:30', at('2026-11-28T02:30:00Z'))).toBe('2026-11-28');
    expect(lastDueDay('00:00', at('2026-11-28T00:00:00Z'))).toBe('2026-11-28');
    expect(lastDueDay('23:59', at('2026-11-28T23:58:59Z'))).toBe('2026-11-27');
  });
});

describe(dueDays.name, () => {
  const due = (lastDay: string, now: string) => dueDays({ at: '02:30', lastDay }, at(now));

  it('has no day before its time, and none twice', () => {
    expect(due('2026-11-27', '2026-11-28T02:29:59Z')).toEqual([]);
    expect(due('2026-11-27', '2026-11-28T02:30:00Z')).toEqual(['2026-11-28']);
    expect(due('2026-11-28', '2026-11-28T12:00:00Z')).toEqual([]);
    expect(due('2026-12-31', '2026-11-28T12:00:00Z')).toEqual([]);
  });

  it('makes up for days on which no gateway ran, over months and leap days, and not for ever', () => {
    expect(due('2028-02-27', '2028-03-01T03:00:00Z')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    const late = due('2020-01-01', '2026-11-28T03:00:00Z');
    expect([late.length, late[0], late.at(-1)]).toEqual([31, '2026-10-29', '2026-11-28']);
  });
});
