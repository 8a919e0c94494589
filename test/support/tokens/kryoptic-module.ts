import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const crate = join(__dirname, 'kryoptic');
const cache = join(__dirname, '../../../.cache/kryoptic');
const sources = ['Cargo.toml', 'Cargo.lock', 'src/lib.rs'];
const buildTimeoutMs = 14 * 60_000;
const mostOutput = 64 * 1024 * 1024;

/** Where the module of Kryoptic is once it was built: named by what it is built from. */
export function kryopticPath(): string {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(join(crate, source)));
  return join(cache, `${hash.digest('hex').slice(0, 16)}.so`);
}

/** The module of Kryoptic, built once (some minutes) and kept. @throws Error when Rust is missing or does not build it */
export async function kryopticModule(): Promise<string> {
  const path = kryopticPath();
  if (!existsSync(path)) await build(path);
  return path;
}

async function build(path: string): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const command = ['build', '--release', '--locked', '--quiet', '--target-dir', unfinished];
  const options = { cwd: crate, timeout: buildTimeoutMs, maxBuffer: mostOutput };
  try {
    // What was fetched is kept: a registry that failed for a moment is asked once more for the rest.
    await run(cargo(), command, options).catch(() => run(cargo(), command, options));
    renameSync(join(unfinished, 'release/libkryoptic_pkcs11.so'), path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** As rustup installs it, or in the path. */
function cargo(): string {
  const own = join(homedir(), '.cargo/bin/cargo');
  return existsSync(own) ? own : 'cargo';
}
