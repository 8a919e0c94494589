/** Writes the pages of docs/ that are made from the code: `npm run docs`. */
import './supported-node.mjs';
import { join } from 'node:path';
import { build, repository } from './prepare.mjs';
import { runToEnd } from './run-child.mjs';

build();
for (const script of [
  ['dist/apps/rcsctl/main.js', 'docs', 'docs'],
  ['scripts/metrics-page.mjs'],
  ['scripts/api-description.mjs', '--page'],
  ['scripts/console-api.mjs'],
  ['scripts/copy-monitoring.mjs'],
  ['scripts/chart-values.mjs'],
]) {
  const { status } = runToEnd(process.execPath, script, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
