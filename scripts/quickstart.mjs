import './supported-node.mjs';
import { join } from 'node:path';
import { withCompileCache } from './compile-cache.mjs';
import { prepare, repository, startedAt } from './prepare.mjs';
import { runChild } from './run-child.mjs';

prepare('quickstart');
runChild(process.execPath, [join(repository, 'dist/apps/rcsctl/main.js'), 'quickstart', ...process.argv.slice(2)], {
  env: { ...withCompileCache(process.env), RCSCTL_STARTED_AT: String(startedAt) },
});
