import { dayText, parametersOf, positionOf, queryOf, searchOf } from './search.js';

const now = new Date(2026, 10, 28, 12);
const empty = { caller: '', dialed: '', agent: '', from: '', to: '' };

describe('a search', () => {
  it('begins with the last month', () => {
    expect(searchOf(new URLSearchParams(), now)).toEqual({ ...empty, from: '2026-10-29' });
  });

  it('is in the address as it was asked for, and nothing is added to it', () => {
    const search = { ...empty, caller: '+4930*', agent: 'erin' };
    const parameters = parametersOf(search);
    expect(parameters.toString()).toBe('caller=%2B4930*&agent=erin');
    expect(searchOf(parameters, now)).toEqual(search);
  });

  it('asks for whole days of whoever sits there', () => {
    const query = queryOf({ ...empty, from: '2026-11-20', to: '2026-11-20' }, 'place');
    const [start, end] = [new Date(2026, 10, 20), new Date(2026, 10, 21)].map(date => date.toISOString());
    expect(query).toEqual({ startTime: start, endTime: end, position: 'place', limit: 50 });
  });

  it('without anything finds everything', () => {
    expect(queryOf(empty, null)).toEqual({ startTime: '1970-01-01T00:00:00.000Z', limit: 50 });
  });

  it('goes on where the links of an answer lead', () => {
    expect(positionOf('https://rcs.test/api/v2/recordings?limit=50&position=abc')).toBe('abc');
    expect(positionOf(undefined)).toBeNull();
  });
});

it('a day is written as date fields have it', () => {
  expect(dayText(new Date(2026, 0, 2))).toBe('2026-01-02');
});
