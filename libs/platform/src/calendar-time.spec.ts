import { isTimeOfCalendar } from './calendar-time.js';

describe(isTimeOfCalendar.name, () => {
  it.each(['2026-02-28T00:00:00', '2024-02-29T23:59:59.999Z', '0001-01-01T00', '9999-12-31T23:59+01:00'])(
    'knows %s',
    time => expect(isTimeOfCalendar(time)).toBe(true),
  );

  it.each([
    '2026-02-30T00:00:00',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00',
    '2026-00-01T00:00',
    '2026-13-01T00:00',
    '2026-01-00T00:00',
    '2026-01-01T24:00:00',
    'yesterday',
    '',
  ])('refuses %p', time => expect(isTimeOfCalendar(time)).toBe(false));
});
