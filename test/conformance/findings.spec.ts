import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../..');
const page = readFileSync(join(repository, 'test/cases/findings.md'), 'utf8');

/** The rows of a section: what it is about, and the tests that its last column names. */
function rowsOf(
  section: string,
): (readonly [what: string, tests: readonly (readonly [file: string, title: string])[]])[] {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const rows = own.split('\n').filter(line => line.startsWith('| '));
  // The head of the table, and the line below it.
  return rows.slice(2).map(line => {
    const cells = line.slice(2, -2).split(' | ');
    const tests = [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`: (.+?)(?:<br>|$)/g)];
    return [cells[0] ?? '', tests.map(([, file = '', title = '']) => [file, title] as const)] as const;
  });
}

/** Whether a test, a group of tests or a row of a table is called so: its name is a text of its own in the source. */
function isTitleIn(file: string, title: string): boolean {
  if (!file.endsWith('.spec.ts') || !existsSync(join(repository, file))) return false;
  const source = readFileSync(join(repository, file), 'utf8');
  const written = title.replaceAll("'", "\\'");
  const templates = [...source.matchAll(/`[^`]*`/g)].map(([template]) => template);
  return source.includes(`'${written}'`) || source.includes(`"${title}"`) || templates.some(one => one.includes(title));
}

it.each([
  ['Kinds', 43],
  ['Messages', 18],
  ['Players', 8],
])('%s: every row names tests that there are', (section, count) => {
  const rows = rowsOf(section);
  expect(rows).toHaveLength(count);
  for (const [what, tests] of rows) {
    expect([what, tests.length > 0]).toEqual([what, true]);
    for (const [file, title] of tests)
      expect([what, file, title, isTitleIn(file, title)]).toEqual([what, file, title, true]);
  }
});

it('a title that is in no test is found out', () => {
  expect(isTitleIn('test/conformance/findings.spec.ts', 'a title that is in no test is found out')).toBe(true);
  expect(isTitleIn('test/conformance/findings.spec.ts', ['no', 'such', 'title'].join(' '))).toBe(false);
  expect(isTitleIn('test/conformance/none.spec.ts', 'a title')).toBe(false);
});
