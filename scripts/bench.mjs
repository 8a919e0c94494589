import './supported-node.mjs';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, repository } from './prepare.mjs';
import { runChild, runToEnd } from './run-child.mjs';

const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(repository, 'test/bench'))
  .filter(file => file.endsWith('.bench.ts'))
  .map(file => file.slice(0, -'.bench.ts'.length));
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Which bench? npm run bench -- ${names.join(' | ')} [--json]\n`);
  process.exit(1);
}

prepare('bench');
const compiled = join(repository, '.cache/bench');
const compile = runToEnd(
  join(repository, 'node_modules/.bin/tsc'),
  ['-p', 'tsconfig.json', '--outDir', compiled, '--noEmit', 'false', '--incremental', 'false'],
  { cwd: repository, stdio: ['ignore', 2, 2] },
);
if (compile.status !== 0) process.exit(1);
const file = join(compiled, 'test/bench', `${name}.bench.js`);
if (!existsSync(file)) throw new Error(`${file} was not compiled`);
runChild(process.execPath, [file, ...args], { cwd: repository });
