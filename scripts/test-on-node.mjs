/** Tests on another line of Node: `node scripts/test-on-node.mjs 26 unit e2e`. The runtime comes from npm (runtimes.json). */
import { join } from 'node:path';
import { repository } from './prepare.mjs';
import { runToEnd } from './run-child.mjs';
import { fetchRuntime, runtimeEnvironment } from './runtime.mjs';

const [line, ...kinds] = process.argv.slice(2);
const runtime = fetchRuntime(line);
const results = kinds.map(kind =>
  runToEnd(join(runtime, 'bin/node'), [join(repository, 'scripts/test.mjs'), kind], {
    cwd: repository,
    stdio: 'inherit',
    env: runtimeEnvironment(runtime),
  }),
);
process.exit(results.every(({ status }) => status === 0) ? 0 : 1);
