/**
 * Compiles what is written in C, each file of `sources`, to dist. They speak Node-API alone, so that one file does for every
 * version of Node.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const nodeApi = require('node-api-headers').include_dir;
const pkcs11 = join(dirname(require.resolve('pkcs11js/package.json')), 'includes/pkcs11');
const sources = [
  { source: 'libs/pkcs11/native/decryption-threads.c', made: 'dist/libs/pkcs11', headers: [nodeApi, pkcs11] },
  { source: 'libs/idle-memory/native/idle-memory.c', made: 'dist/libs/idle-memory', headers: [nodeApi] },
];
const compiler = process.env.CC ?? 'cc';
const options = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread'];
const hardening = ['-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2', '-Wl,-z,relro,-z,now'];

for (const { source, made, headers } of sources) {
  const target = join(repository, made, `${basename(source, '.c')}.node`);
  mkdirSync(dirname(target), { recursive: true });
  // Processes that have the former file open keep it.
  const unfinished = `${target}.${process.pid}`;
  const included = headers.map(directory => `-I${directory}`);
  execFileSync(compiler, [...options, ...hardening, ...included, '-o', unfinished, join(repository, source), '-ldl'], {
    stdio: ['ignore', 2, 2],
  });
  renameSync(unfinished, target);
}
