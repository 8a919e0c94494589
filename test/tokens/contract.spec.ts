import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Token } from '../../libs/pkcs11/src/token.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { cellOf, operations } from './operations.js';

jest.setTimeout(300_000);

const profiles = join(__dirname, 'profiles');
const page = join(__dirname, '../../docs/tokens.md');
const [begin, end] = ['<!-- table: made by test/tokens/contract.spec.ts -->', '<!-- end of the table -->'];

const played = readdirSync(profiles)
  .sort()
  .map(file => ({ name: basename(file, '.profile'), rules: readFileSync(join(profiles, file), 'utf8').split('\n') }));
const columns = new Map<string, readonly string[]>();

/** Failures that a user meets on tokens of such a kind; all else is done. */
it.each([{ name: 'SoftHSM', rules: [] as readonly string[] }, ...played])('$name keeps the contract', async profile => {
  const token = new ShimToken();
  token.shim.play(...profile.rules);
  const opened = Token.open(token.options);
  try {
    const cells: string[] = [];
    for (const operation of operations) cells.push(await cellOf(operation, opened));
    columns.set(profile.name, cells);
    // Whatever it cannot do, it is the same token as before, opens nothing wrongly, and nobody logged in twice.
    expect(cells.filter(cell => /[A-Z]{5}/.test(cell.replaceAll(/CKR_\w+/g, '')))).toEqual([]);
    expect(cells.filter(cell => /internal|unavailable|busy|pin/.test(cell))).toEqual([]);
    expect([opened.state.kind, token.shim.count('C_Login')]).toEqual(['open', 1]);
  } finally {
    opened.close();
    await opened.closed;
    token.remove();
  }
});

it('is what the page of tokens shows', () => {
  const names = [...columns.keys()];
  const rows = operations.map(({ name }, index) => [name, ...names.map(one => columns.get(one)?.[index] ?? '-')]);
  const lines = [['', ...names], ['---', ...names.map(() => '---')], ...rows].map(cells => `| ${cells.join(' | ')} |`);
  const table = `${begin}\n\n${lines.join('\n')}\n\n${end}`;
  const text = readFileSync(page, 'utf8');
  const shown = text.slice(text.indexOf(begin), text.indexOf(end) + end.length);
  if (process.env['UPDATE_TOKENS_PAGE'] !== undefined) writeFileSync(page, text.replace(shown, table));
  else expect(shown.replaceAll(/[ -]+/g, ' ')).toBe(table.replaceAll(/[ -]+/g, ' '));
});
