import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(__dirname, '../../docs/tokens.md');

/** What each operation answered, by the name of the token. */
export type Columns = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The rows in Markdown, with whatever is said of an operation by at least one token. */
function tableOf(columns: Columns): string {
  const names = [...columns.keys()];
  const operations = [...new Set([...columns.values()].flatMap(cells => Object.keys(cells)))];
  const rows = operations.map(operation => [operation, ...names.map(name => columns.get(name)?.[operation] ?? '-')]);
  return [['', ...names], ['---', ...names.map(() => '---')], ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** The page of tokens shows what was seen; with UPDATE_TOKENS_PAGE in the environment it is made to. */
export function expectOnThePage(spec: string, columns: Columns): void {
  const [begin, end] = [`<!-- table: made by ${spec} -->`, '<!-- end of the table -->'];
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(begin);
  const shown = text.slice(start, text.indexOf(end, start) + end.length);
  const table = `${begin}\n\n${tableOf(columns)}\n\n${end}`;
  if (process.env['UPDATE_TOKENS_PAGE'] !== undefined) writeFileSync(page, text.replace(shown, table));
  else expect(shown.replaceAll(/[ -]+/g, ' ')).toBe(table.replaceAll(/[ -]+/g, ' '));
}
