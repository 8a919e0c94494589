/** Fuzzes the CMS readers: `npm run fuzz -- --seconds 60 [--seed N] [--save]`. */
import './supported-node.mjs';
import { join } from 'node:path';
import { repository } from './prepare.mjs';
import { runChild, runToEnd } from './run-child.mjs';

const compile = runToEnd(join(repository, 'node_modules/.bin/tsc'), ['-p', 'libs/cms/tsconfig.fuzz.json'], {
  cwd: repository,
  stdio: ['ignore', 2, 2],
});
if (compile.status !== 0) process.exit(1);

const fuzz = join(repository, '.cache/fuzz/libs/cms/src/testing/fuzz/fuzz.js');
const corpus = join(repository, 'libs/cms/src/testing/fuzz/corpus');
const failures = join(repository, '.cache/fuzz/failures');
runChild(process.execPath, [fuzz, '--corpus', corpus, '--failures', failures, ...process.argv.slice(2)], {
  cwd: repository,
});
