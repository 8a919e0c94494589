import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { makeOnce } from '#test/go/make-once.js';

const run = promisify(execFile);
const cache = join(__dirname, '../../../.cache/go-tools');
const downloadTimeoutMs = 5 * 60_000;

interface DefinitionSource {
  readonly module: string;
  readonly version: string;
  /** As in a go.sum: what the proxy sends has to be this. */
  readonly sum: string;
  readonly files: readonly string[];
}

/** The projects whose kinds the chart uses; each keeps its CustomResourceDefinitions in its Go module. */
const sources: readonly DefinitionSource[] = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    files: ['prometheusrules', 'servicemonitors'].map(
      kind => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
  {
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.19.0',
    sum: 'h1:pPKtK06zPriliwq7B12xa7DGKbc4SvnfOjE0BXaAspk=',
    files: ['certificates', 'issuers'].map(kind => `deploy/crds/cert-manager.io_${kind}.yaml`),
  },
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.4.0',
    sum: 'h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=',
    files: ['httproutes', 'backendtlspolicies'].map(kind => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`),
  },
];

/**
 * A directory with the CustomResourceDefinitions of all kinds of other projects that the chart uses, from the Go proxy,
 * kept below .cache by what is wanted.
 * @throws where the proxy cannot be reached or sends something else than the pinned sum
 */
export async function fetchResourceDefinitions(go: string): Promise<string> {
  const wanted = createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16);
  const directory = join(cache, `definitions-${wanted}`);
  return makeOnce(directory, async unfinished => {
    for (const source of sources) {
      const downloaded = await download(go, source);
      for (const file of source.files) copyFileSync(join(downloaded, file), join(unfinished, basename(file)));
    }
  });
}

async function download(go: string, { module, version, sum }: DefinitionSource): Promise<string> {
  const environment = { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=mod' };
  const command = ['mod', 'download', '-json', `${module}@${version}`];
  const options = { cwd: join(__dirname, 'tools'), env: environment, timeout: downloadTimeoutMs };
  const { stdout } = await run(go, command, options).catch(() => run(go, command, options));
  const answer = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (answer.Sum !== sum) throw new Error(`${module} ${version} has the sum ${answer.Sum}, not ${sum}`);
  return answer.Dir;
}
