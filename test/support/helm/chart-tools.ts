import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildGoTools } from '#test/go/go-tools.js';
import { fetchResourceDefinitions } from '#test/helm/resource-definitions.js';

const run = promisify(execFile);
const packages = ['helm.sh/helm/v3/cmd/helm', 'sigs.k8s.io/kubectl-validate'];
const limits = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };

export interface ChartTools {
  helm(...args: readonly string[]): Promise<string>;
  /** Where the helm command is. */
  readonly helmProgram: string;
  /** Checks manifests against the schemas of Kubernetes 1.30 and of the other projects' kinds. @throws with what is wrong. */
  validate(directory: string): Promise<string>;
}

/** Helm and kubectl-validate, built from test/support/helm/tools/go.mod once and kept below .cache. */
export async function buildChartTools(go: string): Promise<ChartTools> {
  const directory = await buildGoTools(go, join(__dirname, 'tools'), packages);
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
