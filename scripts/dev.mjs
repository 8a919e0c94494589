/**
 * `npm run dev [-- SERVICE...]`: the quickstart, compiled again at every change of a source file. The services that are named,
 * else all, start again when their program became another one. Everything else goes to the quickstart: `-- --data-dir DIRECTORY`.
 */
import './supported-node.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { prepare, repository } from './prepare.mjs';
import { runBeside, runChild } from './run-child.mjs';

const services = ['playback-gateway', 'decrypt-worker', 'key-vault'];
const chosen = process.argv.slice(2).filter(argument => services.includes(argument));
const others = process.argv.slice(2).filter(argument => !services.includes(argument));

prepare('quickstart');
// What is built from now on is not what the next quickstart expects there.
rmSync(join(repository, 'dist/.recording-crypto-server'), { force: true });

let bundling;
let again = false;
let isBuilt = false;

/** One at a time; a change in the meantime makes one more. */
async function bundle() {
  if (bundling !== undefined) {
    again = true;
    return;
  }
  do {
    again = false;
    bundling = (async () => {
      for (const script of ['copy-assets.mjs', 'native.mjs', 'bundle.mjs'])
        await runBeside(process.execPath, [join(repository, 'scripts', script)], {
          cwd: repository,
          stdio: ['ignore', 2, 2],
        });
    })();
    await bundling;
  } while (again);
  bundling = undefined;
}

const tsc = join(repository, 'node_modules/typescript/bin/tsc');
const compiler = spawn(
  process.execPath,
  [tsc, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput', '--noEmitOnError'],
  {
    cwd: repository,
    stdio: ['ignore', 'pipe', 2],
  },
);
process.on('exit', () => compiler.kill());
createInterface({ input: compiler.stdout }).on('line', line => {
  process.stderr.write(`${line}\n`);
  if (!line.includes('Found 0 errors')) return;
  // The first time it finds what was built a moment ago, and the services are being started from that.
  if (isBuilt) void bundle();
  isBuilt = true;
});

const consoleFiles = spawn(process.execPath, [join(repository, 'scripts/console.mjs'), '--watch'], {
  cwd: repository,
  stdio: ['ignore', 2, 2],
});
process.on('exit', () => consoleFiles.kill());

const restarted = ['--restart-on-change', ...(chosen.length > 0 ? chosen : services)];
runChild(process.execPath, [join(repository, 'dist/apps/rcsctl/main.js'), 'quickstart', ...others, ...restarted]);
