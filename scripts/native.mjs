/**
 * Compiles what is written in C, libs/pkcs11/native/decryption-threads.c, to dist/libs/pkcs11/decryption-threads.node. It speaks
 * Node-API alone, so that one file does for every version of Node.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const source = join(repository, 'libs/pkcs11/native/decryption-threads.c');
const target = join(repository, 'dist/libs/pkcs11/decryption-threads.node');
const headers = [
  require('node-api-headers').include_dir,
  join(dirname(require.resolve('pkcs11js/package.json')), 'includes/pkcs11'),
];
const compiler = process.env.CC ?? 'cc';
const options = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread'];
const hardening = ['-fstack-protector-strong', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2', '-Wl,-z,relro,-z,now'];

mkdirSync(dirname(target), { recursive: true });
// Processes that have the former file open keep it.
const made = `${target}.${process.pid}`;
execFileSync(
  compiler,
  [...options, ...hardening, ...headers.map(directory => `-I${directory}`), '-o', made, source, '-ldl'],
  { stdio: ['ignore', 2, 2] },
);
renameSync(made, target);
