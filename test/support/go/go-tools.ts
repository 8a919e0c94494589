import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeOnce } from './make-once.js';

const run = promisify(execFile);
const repository = join(__dirname, '../../..');
const buildTimeoutMs = 14 * 60_000;
const mostOutput = 64 * 1024 * 1024;

/** The go command, where there is one that knows tool dependencies (Go 1.24). */
export function findGo(): string | undefined {
  return ['go', '/usr/local/go/bin/go'].find(program => {
    const { status, stdout } = spawnSync(program, ['env', 'GOVERSION'], { encoding: 'utf8' });
    const minor = /^go1\.(\d+)/.exec(stdout ?? '')?.[1];
    return status === 0 && Number(minor) >= 24;
  });
}

/**
 * Programs that are written in Go, built from the go.mod of a directory once and kept below .cache.
 * @param variables of packages, set by the linker: `PACKAGE.NAME`.
 * @returns where they are.
 */
export async function buildGoTools(
  go: string,
  modules: string,
  packages: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const digest = createHash('sha256');
  for (const file of readdirSync(modules).filter(name => name === 'go.sum' || name.endsWith('.go'))) {
    digest.update(readFileSync(join(modules, file)));
  }
  const wanted = digest.digest('hex').slice(0, 16);
  const directory = join(repository, '.cache/go-tools', wanted);
  return makeOnce(directory, unfinished => build(go, unfinished, modules, packages, variables));
}

/** Without optimisation: they run for seconds, and compiling them is what takes the time. */
async function build(
  go: string,
  directory: string,
  modules: string,
  packages: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
  const linked = ['-s -w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
  const flags = ['-trimpath', '-gcflags=all=-N -l', `-ldflags=${linked}`];
  const options = { cwd: modules, env: environment, timeout: buildTimeoutMs, maxBuffer: mostOutput };
  for (const name of packages) {
    process.stderr.write(`Building ${name}\n`);
    const command = ['build', ...flags, '-o', `${directory}/`, name];
    // What was fetched is kept: a module proxy that failed for a moment is asked once more for the rest.
    await run(go, command, options).catch(() => run(go, command, options));
  }
}
