import { certificatePageSchema, inOrder, isConstant, orderOf, pageBySize, pageOf } from './certificate-page.js';

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

  it('is cut out of what is sorted by whole numbers, and equal ones keep their order', () => {
    const rows = ['a', 'b', 'hidden', 'c', 'd'];
    const cut = (descending: boolean, offset: number, limit: number) =>
      pageBySize(rows, [2, 0, 9, 2, -1], row => row !== 'hidden', descending, { offset, limit });
    const names = (...parts: Parameters<typeof cut>) =>
      cut(...parts)
        .shown.map(({ row, value }) => `${row}${value}`)
        .join(' ');
    expect(names(false, 0, 9)).toBe('d-1 b0 a2 c2');
    expect(names(true, 0, 9)).toBe('a2 c2 b0 d-1');
    expect(names(true, 1, 2)).toBe('c2 b0');
    expect(cut(true, 9, 2)).toEqual({ shown: [], total: 4, offset: 9, limit: 2 });
    expect(pageBySize([], [], () => true, false, { offset: 0, limit: 1 }).shown).toEqual([]);
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
