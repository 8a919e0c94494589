import { daysBetween, searchOfDay, selectionOf } from './archive-wish.js';

describe(selectionOf.name, () => {
  it.each([
    [{ recording: ['R1', 'R2'] }, { recordings: ['R1', 'R2'] }],
    [
      { from: '2026-11-01T00:00:00Z', caller: '49*' },
      { search: { startTime: '2026-11-01T00:00:00Z', callerPhoneNumber: '49*' } },
    ],
    [{ olderThanDays: 80, newerThanDays: 90 }, { age: { minimumDays: 80, maximumDays: 90 } }],
  ])('says %j as the gateway takes it', (options, request) => {
    expect(selectionOf(options)).toEqual(request);
  });

  it.each([{}, { recording: ['R1'], olderThanDays: 1 }, { from: '2026-11-01T00:00:00Z', newerThanDays: 1 }])(
    'takes %j for no answer',
    options => {
      expect(() => selectionOf(options)).toThrow('in one way');
    },
  );
});

describe(daysBetween.name, () => {
  it('has both ends, over months and the days on which clocks change', () => {
    expect(daysBetween('2026-10-24', '2026-10-26')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    expect(daysBetween('2028-02-28', '2028-03-01')).toHaveLength(3);
    expect(daysBetween('2026-11-02', '2026-11-01')).toEqual([]);
    for (const day of ['2026-13-01', 'yesterday', '2026-1-1']) expect(() => daysBetween(day, day)).toThrow('is no day');
  });

  it('is whole days of UTC', () => {
    expect(searchOfDay('2026-11-30')).toEqual({
      search: { startTime: '2026-11-30T00:00:00Z', endTime: '2026-12-01T00:00:00.000Z' },
    });
  });
});
