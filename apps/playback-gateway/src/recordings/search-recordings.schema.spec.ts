import { parseInput } from '#platform';
import {
  pageQuery,
  placeOf,
  positionText,
  requireCriteria,
  searchRecordingsSchema,
} from './search-recordings.schema.js';

const parse = (query: object) => parseInput(searchRecordingsSchema, query);
const refused = (code: string, detail: string) =>
  expect.objectContaining({ code, publicDetail: expect.stringContaining(detail) as string }) as Error;

describe('searchRecordingsSchema', () => {
  it.each([
    '2026-03-02T09:15:30.250+0000',
    '2026-03-02T09:15:30.250 0000',
    '2026-03-02T10:15:30.25+01:00',
    '2026-03-02T09:15:30.250Z',
  ])('takes the time %p', startTime => {
    expect(parse({ startTime }).startTime).toBe(Date.UTC(2026, 2, 2, 9, 15, 30, 250));
  });

  it.each([
    [{ startTime: 'yesterday' }, 'startTime'],
    [{ endTime: '2026-02-30T00:00:00Z' }, 'endTime'],
    [{ callerPhoneNumber: ['1', '2'] }, 'callerPhoneNumber'],
    [{ userName: '' }, 'userName'],
    [{ callerPhoneNumber: '1', limit: '0' }, 'limit'],
    [{ callerPhoneNumber: '1', limit: '101' }, 'limit'],
    [{ callerPhoneNumber: '1', tenant: 'Environment' }, 'tenant'],
  ])('refuses %p and names it', (query, detail) => {
    expect(() => parse(query)).toThrow(refused('RCS_INVALID_VALUE', detail));
  });

  it.each([{}, { limit: '5' }, { position: 'x' }])('wants a criterion: %p', query => {
    expect(() => requireCriteria(parse(query))).toThrow(refused('RCS_MISSING_PARAMETER', 'callerPhoneNumber'));
    expect(() => requireCriteria(parse({ ...query, dialedPhoneNumber: '' }))).not.toThrow();
  });

  it('reads a position that it wrote, from a link that asks the same', () => {
    const asked = parse({ callerPhoneNumber: '+1*', startTime: '2026-03-02T09:15:30.250+0000', limit: '7' });
    const position = { startTime: -5, id: 'call 1' };
    const query = Object.fromEntries(new URLSearchParams(pageQuery(asked, positionText('newer', position))));
    const again = parse(query);
    expect({ ...again, position: undefined }).toEqual({ ...asked, position: undefined });
    expect(placeOf(again.position)).toEqual({ towards: 'newer', position });
  });

  it.each([
    '',
    'x',
    Buffer.from('["older",1]').toString('base64url'),
    Buffer.from('["up",1,"a"]').toString('base64url'),
  ])('refuses the position %p', position => {
    expect(() => placeOf(position)).toThrow(refused('RCS_INVALID_VALUE', 'position'));
  });
});
