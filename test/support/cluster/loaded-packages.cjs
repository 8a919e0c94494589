/**
 * Loaded into services (NODE_OPTIONS): when one ends, which packages it had loaded from files of their own, in
 * LOADED_PACKAGES/PROCESS-ID.json.
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

if (isMainThread)
  process.on('exit', () => {
    const packages = Object.keys(require.cache).flatMap(
      file => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
    );
    const found = { program: process.argv[1], packages: [...new Set(packages)] };
    writeFileSync(join(process.env.LOADED_PACKAGES, `${process.pid}.json`), JSON.stringify(found));
  });
