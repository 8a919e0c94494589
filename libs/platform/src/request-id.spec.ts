import { requestIdFrom } from './request-id.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe(requestIdFrom.name, () => {
  it.each(['abcdefgh', 'A'.repeat(64), 'client-1.call_2', '4bf92f3577b34da6a3ce929d0e0e4736'])('keeps %s', id => {
    expect(requestIdFrom(id)).toBe(id);
  });

  it.each([
    undefined,
    null,
    42,
    ['abcdefgh'],
    '',
    'short-1',
    'A'.repeat(65),
    'abcdefgh\n{"level":"fatal"}',
    'abcdefgh\n',
    '\nabcdefgh',
    'abcdefgh\r\nset-cookie: a=b',
    'abcd efgh',
    'abcd"efgh',
    'abcdefgh\u0000',
    '\u001b[31mabcdefgh',
    'abcdefgh%0a',
    '${jndi:ldap://a}',
    'äbcdefgh',
    '<script>alert(1)</script>',
  ])('replaces %p by one of its own', id => {
    expect(requestIdFrom(id)).toMatch(uuid);
  });

  it('never gives the same one twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => requestIdFrom(undefined))).size).toBe(100);
  });
});
