import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchResourceDefinitions } from '#test/helm/resource-definitions.js';

const run = promisify(execFile);
const repository = join(__dirname, '../../..');
const modules = join(__dirname, 'tools');
const packages = ['helm.sh/helm/v3/cmd/helm', 'sigs.k8s.io/kubectl-validate'];
const buildTimeoutMs = 14 * 60_000;
const limits = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };

/** The go command, where there is one that knows tool dependencies (Go 1.24). */
export function findGo(): string | undefined {
  return ['go', '/usr/local/go/bin/go'].find(program => {
    const { status, stdout } = spawnSync(program, ['env', 'GOVERSION'], { encoding: 'utf8' });
    const minor = /^go1\.(\d+)/.exec(stdout ?? '')?.[1];
    return status === 0 && Number(minor) >= 24;
  });
}

export interface ChartTools {
  helm(...args: readonly string[]): Promise<string>;
  /** Where the helm command is. */
  readonly helmProgram: string;
  /** Checks manifests against the schemas of Kubernetes 1.30 and of the other projects' kinds. @throws with what is wrong. */
  validate(directory: string): Promise<string>;
}

/** Helm and kubectl-validate, built from test/support/helm/tools/go.mod once and kept below .cache. */
export async function buildChartTools(go: string): Promise<ChartTools> {
  const wanted = createHash('sha256').update(readFileSync(join(modules, 'go.sum'))).digest('hex').slice(0, 16);
  const directory = join(repository, '.cache/go-tools', wanted);
  if (!existsSync(directory)) await build(go, directory);
  const validation = ['--version', '1.30', '--local-crds', await fetchResourceDefinitions(go)];
  return {
    helmProgram: join(directory, 'helm'),
    helm: async (...args) => (await run(join(directory, 'helm'), args, limits)).stdout,
    validate: async manifests =>
      (await run(join(directory, 'kubectl-validate'), [...validation, manifests], limits).catch(asReport)).stdout,
  };
}

/** What is wrong stands in the standard output. */
function asReport(error: unknown): never {
  const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
  throw new Error(`${stdout ?? ''}${stderr ?? ''}`, { cause: error });
}

/** Without optimisation: they run for seconds, and compiling them is what takes the time. */
async function build(go: string, directory: string): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
  const command = ['build', '-trimpath', '-gcflags=all=-N -l', '-ldflags=-s -w', '-o', `${unfinished}/`, ...packages];
  const options = { cwd: modules, env: environment, timeout: buildTimeoutMs, maxBuffer: limits.maxBuffer };
  try {
    // What was fetched is kept: a module proxy that failed for a moment is asked once more for the rest.
    await run(go, command, options).catch(() => run(go, command, options));
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
