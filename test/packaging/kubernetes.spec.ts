import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findGo } from '#test/go/go-tools.js';
import { buildChartTools } from '#test/helm/chart-tools.js';
import { fetchResourceDefinitions } from '#test/helm/resource-definitions.js';
import type { KubernetesObject } from '#test/kubernetes/api-client.js';
import { ControlPlane } from '#test/kubernetes/control-plane.js';
import { waitFor } from '#test/waiting/wait-for.js';

// The first run compiles Kubernetes.
jest.setTimeout(40 * 60_000);

const run = promisify(execFile);
const repository = join(__dirname, '../..');
const chart = join(repository, 'helm/recording-crypto-server');
const valueFiles = join(repository, 'test/support/helm/values');
const valueSets = readdirSync(valueFiles).map(file => basename(file, '.yaml'));
const name = 'rcs-recording-crypto-server';
const nodes = ['one', 'two', 'three'];
const work = mkdtempSync(join(tmpdir(), 'rcs-installed-'));

afterAll(() => rmSync(work, { recursive: true, force: true }));

const go = findGo();
const hasEtcd = spawnSync('etcd', ['--version']).status === 0;
if (go === undefined || !hasEtcd) {
  it('cannot be installed here: Go 1.24 or newer and etcd-server are needed', () => {
    process.stderr.write('Go 1.24 or etcd is absent: the Helm chart was not installed.\n');
    expect(valueSets.length).toBeGreaterThan(5);
  });
} else {
  describe('the chart on a real API server, with scheduler and controllers', () => describeInstallations(go));
}

function describeInstallations(goProgram: string): void {
  let plane: ControlPlane;
  let helmProgram: string;

  beforeAll(async () => {
    helmProgram = (await buildChartTools(goProgram)).helmProgram;
    plane = await ControlPlane.start(goProgram, nodes);
    await plane.kubectl('create', '-f', await fetchResourceDefinitions(goProgram));
    const established = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s'];
    await plane.kubectl(...established);
  });
  afterEach(() => process.stderr.write(`kubernetes: ${expect.getState().currentTestName ?? ''}\n`));
  afterAll(() => plane?.stop());

  /** A namespace that takes what Pod Security restricted takes. */
  const namespace = async (called: string): Promise<string> => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const metadata = { name: called, labels };
    await plane.api.call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    return called;
  };
  const helm = async (...args: readonly string[]): Promise<string> => {
    const options = { timeout: 200_000, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, HOME: work } };
    return (await run(helmProgram, ['--kubeconfig', plane.kubeconfig, ...args], options)).stdout;
  };
  const valuesOf = (set: string): readonly string[] => ['--values', join(valueFiles, `${set}.yaml`)];
  const ready = ['--wait', '--timeout', '150s'];
  const inApps = (space: string, plural: string, of: string) =>
    plane.api.get(`/apis/apps/v1/namespaces/${space}/${plural}/${name}-${of}`);
  const pods = (space: string, component: string): Promise<readonly KubernetesObject[]> =>
    plane.api.list(`/api/v1/namespaces/${space}/pods?labelSelector=app.kubernetes.io/component%3D${component}`);
  const areReady = async (space: string, component: string, count: number): Promise<boolean> => {
    const present = (await pods(space, component)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return present.length === count && present.every(({ status }) => status?.phase === 'Running');
  };
  const drain = (node: string): Promise<string> =>
    plane.kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=100s');
  const uncordonAll = async (): Promise<void> => {
    for (const node of nodes) await plane.kubectl('uncordon', node);
  };

  /** A job that somebody makes of one that waits has a pod that a node takes. */
  const jobStarts = async (space: string, job: string): Promise<void> => {
    await plane.kubectl('-n', space, 'create', 'job', '--from', `cronjob/${name}-${job}`, 'asked-for');
    await waitFor('the pod of the job', async () => {
      const [pod] = await plane.api.list(`/api/v1/namespaces/${space}/pods?labelSelector=job-name%3Dasked-for`);
      return pod?.spec?.['nodeName'] !== undefined;
    });
  };

  it.each(valueSets)('installs with the values %s, and all pods are ready', async set => {
    const space = await namespace(`values-${set}`);
    if (set === 'gateway-api') await plane.kubectl('-n', space, 'create', '-f', claimFile('rcs-store'));
    await helm('install', 'rcs', chart, '-n', space, ...valuesOf(set), ...ready);
    expect(plane.problem).toBeUndefined();
    const denied = await plane.kubectl(
      '-n',
      space,
      'get',
      'events',
      '--field-selector',
      'reason=FailedCreate',
      '-o',
      'name',
    );
    expect(denied).toBe('');
    if (set === 'postgresql') await jobStarts(space, 'check-store');
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });

  it('installs with nothing but what has to be said, tells how the first administrator logs in, and takes that back', async () => {
    const space = await namespace('least');
    const token = 'configuration.keyVault.tokens[0]';
    const values = [
      'internalTls.certManager.enabled=true',
      'gateway.tls.existingSecret=rcs-public',
      `${token}.uri=pkcs11:token=recordings?module-path=/opt/hsm/libhsm.so`,
      `${token}.pinSecret.name=rcs-token`,
      `${token}.pinSecret.key=pin`,
    ];
    const notes = await helm(
      'install',
      'rcs',
      chart,
      '-n',
      space,
      ...values.flatMap(value => ['--set', value]),
      ...ready,
    );
    const rcsctl = `kubectl -n ${space} exec -i deployment/${name}-gateway -- /opt/recording-crypto-server/bin/recording-crypto-server rcsctl`;
    expect(notes).toContain(`kubectl -n ${space} get pods`);
    expect(notes).toContain(`${rcsctl} contact-centers add`);
    expect(notes).toContain(`${rcsctl} users add admin`);
    expect(notes).not.toContain('WARNING');
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
    const claims = await plane.api.list(`/api/v1/namespaces/${space}/persistentvolumeclaims`);
    expect(claims.map(({ metadata }) => metadata.name)).toContain(`${name}-store`);
  });

  it.each(['network-hsm', 'postgresql'])('upgrades and rolls back %s, pod by pod', async set => {
    const space = await namespace(`upgrade-${set}`);
    await helm('install', 'rcs', chart, '-n', space, ...valuesOf(set), ...ready);
    const regionOf = async (): Promise<string> => {
      const path = `/api/v1/namespaces/${space}/configmaps/${name}-gateway`;
      const { data } = (await plane.api.get(path)) as unknown as { data: Record<string, string> };
      return /^crRegion: (.*)$/m.exec(data['application.yaml'] ?? '')?.[1] ?? '';
    };
    await helm(
      'upgrade',
      'rcs',
      chart,
      '-n',
      space,
      ...valuesOf(set),
      '--set',
      'configuration.crRegion=north',
      ...ready,
    );
    expect(await regionOf()).toBe('north');
    await helm('rollback', 'rcs', '1', '-n', space, ...ready);
    expect(await regionOf()).toBe('default');
    for (const component of ['gateway', 'worker', 'vault'])
      await waitFor(`${component}s to be two`, () => areReady(space, component, 2));
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });

  it('rolls the pods that read a Secret which changed at the next upgrade, and no others', async () => {
    const space = await namespace('secrets');
    const secret = (pin: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'rcs-token' },
      stringData: { pin },
    });
    await plane.api.call('POST', `/api/v1/namespaces/${space}/secrets`, secret('1234'));
    await helm('install', 'rcs', chart, '-n', space, ...valuesOf('network-hsm'));
    const generations = async () => ({
      vault: (await inApps(space, 'statefulsets', 'vault')).metadata.generation,
      worker: (await inApps(space, 'deployments', 'worker')).metadata.generation,
    });
    const upgrade = (): Promise<string> => helm('upgrade', 'rcs', chart, '-n', space, ...valuesOf('network-hsm'));
    await upgrade();
    expect(await generations()).toEqual({ vault: 1, worker: 1 });
    await plane.api.call('PATCH', `/api/v1/namespaces/${space}/secrets/rcs-token`, secret('5678'));
    await upgrade();
    expect(await generations()).toEqual({ vault: 2, worker: 1 });
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });

  it('keeps the Service of vaults from before, says so, and makes it headless once it was deleted', async () => {
    const space = await namespace('before');
    const before = join(work, 'before');
    cpSync(chart, before, { recursive: true });
    const services = join(before, 'templates/services.yaml');
    const text = readFileSync(services, 'utf8').replace('eq $component "vault"', 'eq $component "nothing"');
    writeFileSync(services, text);
    await helm('install', 'rcs', before, '-n', space, ...valuesOf('network-hsm'));
    const service = () => plane.api.get(`/api/v1/namespaces/${space}/services/${name}-vault`);
    const { clusterIP } = (await service()).spec;
    expect(clusterIP).toMatch(/^10\.96\./);
    const upgrade = (): Promise<string> => helm('upgrade', 'rcs', chart, '-n', space, ...valuesOf('network-hsm'));
    expect(await upgrade()).toContain(`kubectl -n ${space} delete service ${name}-vault`);
    expect((await service()).spec.clusterIP).toBe(clusterIP);
    await plane.kubectl('-n', space, 'delete', 'service', `${name}-vault`);
    expect(await upgrade()).not.toContain('delete service');
    expect((await service()).spec.clusterIP).toBe('None');
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });

  it('ends every drain of a node, whichever it is, with gateways that share a volume', async () => {
    const space = await namespace('drain-sqlite');
    await helm('install', 'rcs', chart, '-n', space, ...valuesOf('network-hsm'), ...ready);
    const nodesOf = async () => new Set((await pods(space, 'gateway')).map(({ spec }) => spec.nodeName));
    const before = await nodesOf();
    expect(before.size).toBe(1);
    for (const node of before) await drain(String(node));
    await waitFor('the gateways on another node', () => areReady(space, 'gateway', 2), { patienceMs: 120_000 });
    const after = await nodesOf();
    expect(after.size).toBe(1);
    expect(after).not.toEqual(before);
    await uncordonAll();
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });

  it('drains node after node with PostgreSQL, and a gateway is always ready', async () => {
    const space = await namespace('drain-postgresql');
    const anywhere = ['--set', 'gateway.topologySpreadConstraints=null'];
    await helm('install', 'rcs', chart, '-n', space, ...valuesOf('postgresql'), ...anywhere, ...ready);
    await waitFor('the autoscaler to want two gateways', () => areReady(space, 'gateway', 2));
    for (const component of ['gateway', 'worker', 'vault'])
      expect(new Set((await pods(space, component)).map(({ spec }) => spec.nodeName)).size).toBe(2);
    for (const node of nodes) {
      const least = leastReady(() => pods(space, 'gateway'));
      await drain(node);
      expect(await least()).toBeGreaterThan(0);
      for (const component of ['gateway', 'worker', 'vault'])
        await waitFor(`${component}s elsewhere`, () => areReady(space, component, 2), { patienceMs: 120_000 });
      await plane.kubectl('uncordon', node);
    }
    await helm('uninstall', 'rcs', '-n', space, '--wait', '--timeout', '100s');
  });
}

/** Looks until it is asked, and answers how many pods ran at the worst of moments. */
function leastReady(list: () => Promise<readonly KubernetesObject[]>): () => Promise<number> {
  let least = Infinity;
  const isUp = ({ metadata, status }: KubernetesObject): boolean =>
    metadata.deletionTimestamp === undefined && status?.phase === 'Running';
  let looking = Promise.resolve();
  const look = (): void => {
    looking = looking.then(async () => {
      least = Math.min(least, (await list()).filter(isUp).length);
    });
  };
  const timer = setInterval(look, 250);
  return async () => {
    clearInterval(timer);
    await looking;
    return least;
  };
}

function claimFile(claim: string): string {
  const file = join(work, `${claim}.json`);
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } };
  const manifest = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: claim }, spec };
  writeFileSync(file, JSON.stringify(manifest));
  return file;
}
