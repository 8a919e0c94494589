import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const built = join(__dirname, '../../../dist/console');
const mostBytes = 300_000;

/** A file of the build, and everything that it imports before it runs. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(built, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:import|from)\s*["']\.\/([\w.-]+\.js)["']/g)) withImports(name, seen);
  return seen;
}

it('the page of the player, with everything that it needs, is less than 300 kB compressed', () => {
  const names = readdirSync(built);
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  const [, main = ''] = /src="console\/([\w.-]+\.js)"/.exec(page) ?? [];
  const player = names.find(name => /^recording-page-[\w-]+\.js$/.test(name)) ?? '';
  const scripts = new Set([...withImports(main), ...withImports(player)]);
  // All style sheets: which of them a page needs, the build does not say.
  const files = [...scripts, ...names.filter(name => name.endsWith('.css'))];
  const bytes = files.reduce((sum, file) => sum + readFileSync(join(built, `${file}.gz`)).length, 0);
  process.stderr.write(`the page of the player: ${bytes} bytes compressed\n`);
  expect(scripts.size).toBeGreaterThanOrEqual(2);
  expect(bytes).toBeLessThan(mostBytes);
});
