import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../../../..');

/** `file › name of the test, as it stands in the file` */
const namedTest = /`([\w./-]+\.spec\.ts) › ([^`]+)`/g;
const titles = /\b(?:it|test)(?:\.each(?:<[^]*?>)?\([^]*?\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;

interface NamedTest {
  readonly file: string;
  readonly name: string;
}

const namedIn = (page: string): NamedTest[] =>
  [...readFileSync(join(repository, page), 'utf8').matchAll(namedTest)].map(([, file = '', name = '']) => ({
    file,
    name,
  }));

function titlesOf(file: string): string[] {
  const text = readFileSync(join(repository, file), 'utf8');
  return [...text.matchAll(titles)].map(([, single, double]) => unescaped(single ?? double ?? ''));
}

const unescaped = (source: string): string =>
  source
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\(['"])/g, '$1');

const specFiles = ['apps', 'libs', 'test'].flatMap(directory =>
  readdirSync(join(repository, directory), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.spec.ts'))
    .map(file => `${directory}/${file}`),
);
/** `file`: what stands in it; what also stands there */
const shownBy = /`([\w./-]+\.spec\.ts)`(?:: ((?:(?!\n\n)[^`|)])*))?/g;

/** In a table of another form, a file by the end of its path and titles, or parts of them. */
describe.each([
  ['docs/security.md', 100],
  ['SECURITY.md', 10],
])('every file of tests that %s names', (page, least) => {
  const named = [...readFileSync(join(repository, page), 'utf8').matchAll(shownBy)].map(
    ([, end = '', claims = '']) => ({
      end,
      files: specFiles.filter(file => file === end || file.endsWith(`/${end}`)),
      claims: claims
        .replace(/\.\s+[A-Z][^]*$/, '')
        .split(';')
        .map(claim => claim.replace(/\s+/g, ' ').replace(/^ |[ .,]+$/g, ''))
        .filter(claim => claim !== ''),
    }),
  );

  it('is there, and no other bears the name', () => {
    expect(named.filter(({ files }) => files.length !== 1)).toEqual([]);
    expect(named.length).toBeGreaterThan(least);
  });

  it('has the tests that are named with it', () => {
    const missing = named.flatMap(({ files, claims }) => {
      const text = files.map(file => readFileSync(join(repository, file), 'utf8')).join();
      return claims.filter(claim => !text.includes(claim)).map(claim => [files[0], claim]);
    });
    expect(missing).toEqual([]);
  });
});

/** Columns of a row; a vertical bar inside code is escaped. */
const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(cell => cell.trim());

/** Tables whose heads are not about what holds: what to write into a configuration or to ask. */
const instructions = new Set(['request | what', 'to | trust | keystore password | own certificate']);

describe.each(['docs/security.md', 'SECURITY.md'])('every table of %s', page => {
  const tables = readFileSync(join(repository, page), 'utf8')
    .split(/\n(?!\|)/)
    .map(part => part.split('\n').filter(line => line.startsWith('|')))
    .filter(lines => lines.length > 2)
    .map(([head = '', , ...rows]) => ({ head: cellsOf(head), rows: rows.map(cellsOf) }));
  const claims = tables.filter(({ head }) => !instructions.has(head.join(' | ')));

  it('has a last column that names tests', () => {
    expect(claims.filter(({ head }) => head.at(-1) !== 'shown by').map(({ head }) => head)).toEqual([]);
    expect(claims.length).toBeGreaterThan(0);
  });

  it('names a file of tests that is there in every row of it', () => {
    const untested = claims.flatMap(({ rows }) =>
      rows.filter(cells => {
        const named = [...(cells.at(-1) ?? '').matchAll(/`([\w./-]+\.spec\.ts)/g)].map(([, file = '']) => file);
        const isThere = (end: string): boolean => specFiles.some(file => file === end || file.endsWith(`/${end}`));
        return !isHeading(cells) && (named.length === 0 || !named.every(isThere));
      }),
    );
    expect(untested).toEqual([]);
  });
});

/** **What the rows below are about** */
const isHeading = ([first = '', ...rest]: string[]): boolean =>
  /^\*\*.*\*\*$/.test(first) && rest.every(cell => cell === '');

describe.each(['docs/security.md', 'SECURITY.md'])('the tests that %s names', page => {
  const named = namedIn(page);

  it('are there, under these very names', () => {
    const missing = named.filter(
      ({ file, name }) => !existsSync(join(repository, file)) || !titlesOf(file).includes(name),
    );
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it('stand beside every statement of a table of such tests', () => {
    const rows = readFileSync(join(repository, page), 'utf8')
      .split(/\n(?=## )/)
      .filter(chapter => chapter.includes(' › '))
      .flatMap(chapter => chapter.split('\n').filter(line => /^\| (?!\*\*|---|attacker|what holds)/.test(line)));
    expect(rows.filter(row => !row.includes(' › '))).toEqual([]);
  });
});
