import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway } from '#test/cluster/second-gateway.js';
import { workDirectory } from '#test/cluster/work-directory.js';

const repository = join(__dirname, '../..');
const { libraries } = JSON.parse(readFileSync(join(repository, 'scripts/loaded-on-demand.json'), 'utf8')) as {
  readonly libraries: readonly { readonly library: string; readonly for: string }[];
};
const services = ['decrypt-worker', 'key-vault', 'playback-gateway'];

interface LoadedPackages {
  readonly program: string;
  readonly packages: readonly string[];
}

const work = workDirectory('rcs-on-demand-');
const directory = join(work, 'loaded');
const environment = {
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${join(repository, 'test/support/cluster/loaded-packages.cjs')}`,
  LOADED_PACKAGES: directory,
};
let inCluster: readonly LoadedPackages[];
let withTracing: readonly LoadedPackages[];

/** What the processes had that have ended since this was asked last. */
function loaded(): LoadedPackages[] {
  const files = readdirSync(directory);
  const found = files.map(file => JSON.parse(readFileSync(join(directory, file), 'utf8')) as LoadedPackages);
  files.forEach(file => rmSync(join(directory, file)));
  return found.filter(({ program }) => serviceOf(program) !== undefined);
}

const serviceOf = (program: string): string | undefined =>
  services.find(service => program.endsWith(`/apps/${service}/main.js`));

beforeAll(async () => {
  mkdirSync(directory);
  let cluster: RunningCluster | undefined;
  try {
    cluster = await startCluster(repository, join(work, 'data'), environment);
    const traced = await startSecondGateway(repository, cluster.ready, {
      ...environment,
      RCS_TRACING__OTLP_ENDPOINT: 'http://127.0.0.1:9/v1/traces',
    });
    await traced.stop();
    withTracing = loaded();
  } finally {
    await cluster?.stop();
  }
  inCluster = loaded();
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

it('has asked every service of the cluster', () => {
  expect([...new Set(inCluster.map(({ program }) => serviceOf(program)))].sort()).toEqual(services);
});

it.each(libraries)('loads $library for $for alone', ({ library }) => {
  expect(inCluster.filter(({ packages }) => packages.includes(library))).toEqual([]);
});

it('loads a library of a feature that is on', () => {
  expect(withTracing.map(({ packages }) => packages.includes('@opentelemetry/exporter-trace-otlp-http'))).toEqual([
    true,
  ]);
});

const bundles = [
  ...services.map(service => `apps/${service}/main.js`),
  'apps/rcsctl/main.js',
  'libs/pkcs11/token-host.js',
];

/** V8 keeps a text with any character above U+00FF in two bytes each. */
it.each(bundles)('needs one byte for each character of %s', bundle => {
  const text = readFileSync(join(repository, 'dist', bundle), 'utf8');
  expect(/[^\u0000-\u00ff].{0,40}/.exec(text)?.[0]).toBeUndefined();
});
