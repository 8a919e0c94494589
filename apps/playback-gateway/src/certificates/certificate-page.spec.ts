import { certificatePageSchema, inOrder, isConstant, orderOf, pageOf } from './certificate-page.js';

const row = (alias: string, value: bigint | number) => ({ row: alias, alias, value });
const aliases = (rows: readonly { readonly alias: string }[]): string[] => rows.map(({ alias }) => alias);

describe('a page of certificates', () => {
  it('is sorted by size, and equal values by alias, whichever way', () => {
    const serialNumbers = [row('c', 9n), row('a', 10n), row('b', 100n)];
    expect(aliases(inOrder(serialNumbers, false))).toEqual(['c', 'a', 'b']);
    expect(aliases(inOrder(serialNumbers, true))).toEqual(['b', 'a', 'c']);
    const counts = [row('c', 1), row('a', 1), row('b', 0)];
    expect(aliases(inOrder(counts, false))).toEqual(['b', 'a', 'c']);
    expect(aliases(inOrder(counts, true))).toEqual(['a', 'c', 'b']);
  });

  it('is cut, and tells how many there are', () => {
    const query = certificatePageSchema.parse({ offset: '1', limit: '1' });
    expect(pageOf(['a', 'b', 'c'], query)).toEqual({ certificates: ['b'], total: 3, offset: 1, limit: 1 });
  });

  it('knows what it is sorted by', () => {
    expect(orderOf(certificatePageSchema.parse({}))).toEqual({ column: 'alias', descending: false });
    expect(orderOf(certificatePageSchema.parse({ sort: '-expires' }))).toEqual({ column: 'expires', descending: true });
    expect((['expires', 'serialNumber', 'createdAt'] as const).every(isConstant)).toBe(true);
    expect((['recordings', 'status', 'deployedCount'] as const).some(isConstant)).toBe(false);
  });

  it.each([{ sort: 'constructor' }, { sort: '--alias' }, { limit: '0' }, { limit: '501' }, { offset: '-1' }])(
    'refuses %j',
    query => {
      expect(certificatePageSchema.safeParse(query).success).toBe(false);
    },
  );
});
