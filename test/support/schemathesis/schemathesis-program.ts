import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithUs } from '#platform';

const run = promisify(execFile);
const requirements = join(__dirname, 'requirements.txt');
const cache = join(process.cwd(), '.cache/schemathesis');
const installTimeoutMs = 5 * 60_000;
const mostOutput = 64 * 1024 * 1024;

/** Schemathesis of PyPI, in the versions of requirements.txt, installed once and kept. @throws Error when Python or the registry fails */
export async function schemathesisProgram(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const directory = join(cache, hash);
  const program = join(directory, 'bin/schemathesis');
  if (existsSync(join(directory, 'complete'))) return program;
  mkdirSync(cache, { recursive: true });
  const command = ['--no-fork', `${directory}.lock`, 'sh', '-ec', installOnce, 'sh', directory, requirements];
  await run(...endingWithUs('flock', command), { timeout: installTimeoutMs, maxBuffer: mostOutput });
  return program;
}

/** Wheels only: nothing of a package runs while it is installed. */
const installOnce = `
[ ! -e "$1/complete" ] || exit 0
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --requirement "$2"
touch "$1/complete"`;
