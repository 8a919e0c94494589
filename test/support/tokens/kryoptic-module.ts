import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithUs } from '#platform';

const run = promisify(execFile);
/** Also of what is compiled into another directory, as benches are. */
const repository = process.cwd();
const crate = join(repository, 'test/support/tokens/kryoptic');
const cache = join(repository, '.cache/kryoptic');
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

/** Files of tests run beside each other: whoever comes second waits for what the first one builds. */
async function build(path: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const command = ['flock', '--no-fork', `${path}.lock`, 'sh', '-ec', buildOnce, 'sh', path, cargo(), crate] as const;
  await run(...endingWithUs(command[0], command.slice(1)), { timeout: buildTimeoutMs, maxBuffer: mostOutput });
}

/** What was fetched is kept: a registry that failed for a moment is asked once more for the rest. */
const buildOnce = `
[ ! -e "$1" ] || exit 0
cd "$3"
build() { "$2" build --release --locked --quiet --target-dir "$1.target"; }
build "$1" "$2" || build "$1" "$2"
mv "$1.target/release/libkryoptic_pkcs11.so" "$1"
rm -rf "$1.target"`;

/** As rustup installs it, or in the path. */
function cargo(): string {
  const own = join(homedir(), '.cargo/bin/cargo');
  return existsSync(own) ? own : 'cargo';
}
