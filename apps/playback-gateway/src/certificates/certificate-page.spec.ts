import { certificatePage, certificatePageSchema } from './certificate-page.js';
import type { CertificateRow } from './certificate-resource.js';

const row = (alias: string, serialNumber: string, deployedCount: number): CertificateRow =>
  ({ alias, serialNumber, deployedCount }) as CertificateRow;
const rows = [row('c', '9', 1), row('a', '10', 1), row('b', '100', 0)];

describe(certificatePage.name, () => {
  const aliases = (query: object): string[] =>
    certificatePage(rows, certificatePageSchema.parse(query)).certificates.map(({ alias }) => alias);

  it('sorts by any column, serial numbers as the numbers they are, ties by alias', () => {
    expect(aliases({})).toEqual(['a', 'b', 'c']);
    expect(aliases({ sort: 'serialNumber' })).toEqual(['c', 'a', 'b']);
    expect(aliases({ sort: '-serialNumber' })).toEqual(['b', 'a', 'c']);
    expect(aliases({ sort: '-deployedCount' })).toEqual(['a', 'c', 'b']);
  });

  it('cuts pages and tells how many there are', () => {
    const page = certificatePage(rows, certificatePageSchema.parse({ offset: '1', limit: '1' }));
    expect(page).toMatchObject({ certificates: [{ alias: 'b' }], total: 3, offset: 1, limit: 1 });
  });

  it.each([{ sort: 'constructor' }, { sort: '--alias' }, { limit: '0' }, { limit: '501' }, { offset: '-1' }])(
    'refuses %j',
    query => {
      expect(certificatePageSchema.safeParse(query).success).toBe(false);
    },
  );
});
