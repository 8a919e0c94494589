import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { loadConfiguration, requireSections } from '#platform';
import { findGo } from '#test/go/go-tools.js';
import { buildChartTools, type ChartTools } from '#test/helm/chart-tools.js';
import {
  parseManifests,
  podOf,
  type CronJobSpec,
  type Manifest,
  type NetworkRule,
  type PodSpec,
} from '#test/helm/manifest.js';

jest.setTimeout(15 * 60_000);

const repository = join(__dirname, '../..');
const chart = join(repository, 'helm/recording-crypto-server');
const valueFiles = join(repository, 'test/support/helm/values');
const valueSets = readdirSync(valueFiles).map(file => basename(file, '.yaml'));
const components = ['gateway', 'worker', 'vault'] as const;
const work = mkdtempSync(join(tmpdir(), 'rcs-chart-'));

afterAll(() => rmSync(work, { recursive: true, force: true }));

it('carries the alerts and dashboards of deploy/, unchanged', () => {
  execFileSync(process.execPath, [join(repository, 'scripts/chart-files.mjs'), '--check'], { stdio: 'pipe' });
});

it('has a table of all values, as they are', () => {
  execFileSync(process.execPath, [join(repository, 'scripts/chart-values.mjs'), '--check'], { stdio: 'pipe' });
});

it('has a schema of its values that is JSON', () => {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Record<string, unknown>;
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
});

const go = findGo();
if (go === undefined) {
  it('cannot be rendered here: install Go 1.24 or newer, which builds helm and kubectl-validate', () => {
    process.stderr.write('Go 1.24 is absent: the Helm chart was neither rendered nor validated.\n');
    expect(valueSets).toHaveLength(6);
  });
} else {
  describe('the chart', () => describeChart(go));
}

function describeChart(goProgram: string): void {
  let tools: ChartTools;
  const rendered = new Map<string, Manifest[]>();

  beforeAll(async () => {
    tools = await buildChartTools(goProgram);
    for (const set of valueSets) rendered.set(set, parseManifests(await render(set)));
  });

  const render = (set: string, ...more: readonly string[]): Promise<string> => renderChart(chart, set, ...more);
  const renderChart = (directory: string, set: string, ...more: readonly string[]): Promise<string> =>
    tools.helm(
      ...['template', 'rcs', directory, '--namespace', 'recordings', '--kube-version', '1.30.0'],
      ...['--values', join(valueFiles, `${set}.yaml`), ...more],
    );

  const all = (set: string, kind: string): Manifest[] =>
    (rendered.get(set) ?? []).filter(manifest => manifest.kind === kind);
  const one = (set: string, kind: string, component: string): Manifest => {
    const found = all(set, kind).find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component);
    if (found === undefined) throw new Error(`${set} has no ${kind} of the ${component}`);
    return found;
  };
  const workload = (set: string, component: string): Manifest =>
    all(set, 'StatefulSet').find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component) ??
    one(set, 'Deployment', component);
  const pod = (set: string, component: string): PodSpec => {
    const { template } = workload(set, component).spec;
    if (template === undefined) throw new Error('a workload without a template');
    return template.spec;
  };

  it('is tried with six sets of values', () => expect(valueSets).toHaveLength(6));

  describe.each(valueSets)('with the values %s', set => {
    it('passes helm lint --strict', async () => {
      const file = join(valueFiles, `${set}.yaml`);
      const report = await tools.helm('lint', '--strict', '--kube-version', '1.30.0', '--values', file, chart);
      expect(report).toContain('1 chart(s) linted, 0 chart(s) failed');
    });

    it('makes manifests that Kubernetes 1.30, cert-manager, the Prometheus operator and the Gateway API know', async () => {
      const directory = join(work, set);
      mkdirSync(directory);
      const manifests = rendered.get(set) ?? [];
      manifests.forEach((manifest, index) => writeFileSync(join(directory, `${index}.json`), JSON.stringify(manifest)));
      const report = await tools.validate(directory);
      expect(report.match(/OK/g)).toHaveLength(manifests.length);
    });

    it.each(components)('gives the %s a configuration that the service takes', component => {
      const directory = join(work, `${set}-${component}`);
      const text = one(set, 'ConfigMap', component).data?.['application.yaml'] ?? '';
      for (const [file] of text.matchAll(/\/etc\/rcs\/\S+/g)) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), Buffer.alloc(32, 7).toString('base64'));
      }
      const path = join(directory, 'application.yaml');
      writeFileSync(path, text.replaceAll('/etc/rcs/', `${directory}/etc/rcs/`));
      const sections = {
        gateway: ['internalTls', 'redis', 'store'],
        worker: ['internalTls', 'redis', 'decryptWorker'],
        vault: ['internalTls', 'keyVault'],
      } as const;
      const configuration = requireSections(loadConfiguration(path, {}), ...sections[component]);
      expect(configuration.gracefulShutdownTimeoutMs).toBeGreaterThanOrEqual(30_000);
      const { listen, management } = {
        gateway: configuration.serverSettings,
        worker: configuration.decryptWorker,
        vault: configuration.keyVault,
      }[component] as { listen: { port: number }; management: { port: number } };
      const ports = pod(set, component).containers[0]?.ports.map(({ containerPort }) => containerPort);
      const keyManager = component === 'gateway' ? configuration.localKeyManager?.listen : undefined;
      const expected = [listen.port, management.port, ...(keyManager === undefined ? [] : [keyManager.port])];
      expect(ports).toEqual(expected);
    });

    it('mounts every file that a configuration names', () => {
      for (const component of components) {
        const text = one(set, 'ConfigMap', component).data?.['application.yaml'] ?? '';
        const mounts = pod(set, component).containers[0]?.volumeMounts ?? [];
        const beside = pod(set, component).containers.flatMap(({ volumeMounts }) => volumeMounts ?? []);
        const { volumeClaimTemplates = [] } = workload(set, component).spec;
        const claimed = volumeClaimTemplates as readonly Manifest[];
        const volumes = [...pod(set, component).volumes, ...claimed.map(({ metadata }) => metadata)].map(
          ({ name }) => name,
        );
        expect(new Set(beside.map(({ name }) => name))).toEqual(new Set(volumes));
        expect(new Set(volumes).size).toBe(volumes.length);
        for (const [file] of text.matchAll(/\/etc\/rcs\/\S+/g))
          expect(mounts.map(({ mountPath }) => mountPath)).toContain(dirname(file));
      }
    });

    it('holds every pod to Pod Security restricted, with a root file system nobody can write to', () => {
      const pods = [
        ...components.map(component => pod(set, component)),
        ...all(set, 'Pod').map(({ spec }) => spec as unknown as PodSpec),
        ...all(set, 'CronJob').map(({ spec }) => podOf(spec as unknown as CronJobSpec)),
      ];
      for (const spec of pods) {
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 65532,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([undefined, undefined, undefined]);
        expect(spec.automountServiceAccountToken).toBe(false);
        for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          });
          expect(container.ports?.some(port => 'hostPort' in port) ?? false).toBe(false);
        }
        const kinds = spec.volumes.flatMap(({ name, ...source }) => (name === '' ? [] : Object.keys(source)));
        const allowed = ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim'];
        expect(kinds.filter(kind => !allowed.includes(kind))).toEqual([]);
      }
    });

    it('probes the start, the event loop and whether the service can serve', () => {
      for (const component of components) {
        const [container] = pod(set, component).containers;
        const probe = (path: string) => ({ httpGet: { path, port: 'management' } });
        expect(container).toMatchObject({
          startupProbe: probe('/health/live'),
          livenessProbe: { ...probe('/health/live'), timeoutSeconds: 5, failureThreshold: 3 },
          readinessProbe: {
            ...probe('/health/ready'),
            periodSeconds: set === 'postgresql' && component === 'gateway' ? 10 : 5,
          },
        });
        expect(container?.ports.map(({ name }) => name)).toContain('management');
      }
    });

    it('leaves a pod the time to drain before it is killed', () => {
      for (const component of components) {
        const text = one(set, 'ConfigMap', component).data?.['application.yaml'] ?? '';
        const option = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
        const needed = (option('shutdownDelayMs') + option('gracefulShutdownTimeoutMs')) / 1000 + 10;
        expect(option('shutdownDelayMs')).toBeGreaterThan(0);
        expect(pod(set, component).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed);
      }
    });

    it('replaces pods one at a time, never below what runs', () => {
      for (const component of components) {
        const { strategy, updateStrategy } = workload(set, component).spec;
        const { kind } = workload(set, component);
        if (set === 'postgresql' && component === 'worker')
          expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
        else if (kind === 'StatefulSet') expect(updateStrategy).toEqual({ type: 'RollingUpdate' });
        else expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      }
    });

    it('bounds how many pods of a kind leave at once, but not of those that can only leave together', () => {
      for (const component of components) {
        const budgets = all(set, 'PodDisruptionBudget').filter(
          ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component,
        );
        const sharesNode = JSON.stringify(pod(set, component).affinity ?? {}).includes('"podAffinity"');
        expect(budgets.map(({ spec }) => spec)).toMatchObject(sharesNode ? [] : [{ maxUnavailable: 1 }]);
      }
    });

    it('gives each vault a volume for its journal that outlives the pod', () => {
      const { volumeClaimTemplates } = one(set, 'StatefulSet', 'vault').spec;
      expect(volumeClaimTemplates).toMatchObject([
        { metadata: { name: 'journal' }, spec: { accessModes: ['ReadWriteOnce'] } },
      ]);
      const mounts = pod(set, 'vault').containers[0]?.volumeMounts ?? [];
      expect(mounts).toContainEqual({ name: 'journal', mountPath: '/var/lib/rcs/key-vault' });
    });

    it('writes no secret into a manifest', () => {
      expect(all(set, 'Secret')).toEqual([]);
      const environment = components.flatMap(component => pod(set, component).containers[0]?.env ?? []);
      expect(JSON.stringify(environment)).not.toMatch(/password|pin/i);
    });
  });

  describe('network policies', () => {
    const policy = (name: string, set = 'network-hsm') =>
      all(set, 'NetworkPolicy').find(({ metadata }) => metadata.name === `rcs-recording-crypto-server-${name}`)?.spec;
    const peersOf = (rule: NetworkRule): string[] => {
      const peers = rule.to ?? rule.from;
      if (peers === undefined) return ['anybody'];
      return peers.map(
        ({ podSelector, namespaceSelector, ipBlock }) =>
          podSelector?.matchLabels?.['app.kubernetes.io/component'] ??
          podSelector?.matchLabels?.['k8s-app'] ??
          namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ??
          ipBlock?.cidr ??
          'anybody',
      );
    };
    /** `peer:port` of every way that is open. */
    const ways = (rules: readonly NetworkRule[] = []): string[] =>
      rules.flatMap(rule =>
        peersOf(rule).flatMap(peer => (rule.ports ?? []).map(({ protocol, port }) => `${peer}:${port}/${protocol}`)),
      );
    it('let gateways reach PostgreSQL, and DNS pods at their own port', () => {
      expect(ways(policy('gateway', 'postgresql')?.egress)).toEqual([
        'worker:7080/TCP',
        'gateway:7080/TCP',
        'anybody:80/TCP',
        'anybody:443/TCP',
        'vault:7443/TCP',
        'anybody:6379/TCP',
        '10.3.0.0/24:5432/TCP',
        'kube-dns:5353/UDP',
        'kube-dns:5353/TCP',
      ]);
      expect(ways(policy('worker', 'postgresql')?.egress)).not.toContain('10.3.0.0/24:5432/TCP');
    });

    const dns = ['kube-dns:53/UDP', 'kube-dns:53/TCP'];

    it('deny everything that is not named, to every pod of the release', () => {
      expect(policy('default-deny')).toEqual({
        podSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'recording-crypto-server', 'app.kubernetes.io/instance': 'rcs' },
        },
        policyTypes: ['Ingress', 'Egress'],
      });
    });

    it('let the gateway reach workers, vaults, Redis and DNS, and nothing else', () => {
      const own = ['worker:7080/TCP', 'vault:7443/TCP', '10.1.0.0/24:6379/TCP', ...dns];
      const besides = ['gateway:7080/TCP', 'anybody:80/TCP', 'anybody:443/TCP'];
      expect(ways(policy('gateway')?.egress).filter(way => !besides.includes(way))).toEqual(own);
      expect(ways(policy('gateway')?.ingress)).toEqual(['anybody:8090/TCP', 'gateway:7080/TCP']);
    });

    it('let the worker beside a gateway reach the storages', () => {
      expect(ways(policy('gateway')?.egress)).toEqual(
        expect.arrayContaining(['gateway:7080/TCP', 'anybody:80/TCP', 'anybody:443/TCP']),
      );
    });

    it('let workers be reached by gateways, and reach vaults, storages, Redis and DNS', () => {
      expect(ways(policy('worker')?.ingress)).toEqual(['gateway:7080/TCP']);
      expect(ways(policy('worker')?.egress)).toEqual([
        'vault:7443/TCP',
        'anybody:80/TCP',
        'anybody:443/TCP',
        '10.1.0.0/24:6379/TCP',
        ...dns,
      ]);
    });

    it('let vaults be reached by gateways and workers, and reach their HSM alone', () => {
      expect(ways(policy('vault')?.ingress)).toEqual(['gateway:7443/TCP', 'worker:7443/TCP']);
      expect(ways(policy('vault')?.egress)).toEqual(['10.9.0.7/32:1792/TCP', ...dns]);
      expect(policy('vault', 'token-volume')?.egress).toEqual([]);
    });

    it('let Prometheus in where it is named, and only to the metrics', () => {
      for (const [component, port] of [
        ['gateway', 9090],
        ['worker', 9092],
        ['vault', 9091],
      ] as const)
        expect(ways(policy(component, 'monitored')?.ingress)).toContain(`monitoring:${port}/TCP`);
    });

    it('let the ingress controller in alone, where it is named', () => {
      expect(ways(policy('gateway', 'existing-secrets')?.ingress)).toEqual([
        'ingress-nginx:8090/TCP',
        'test:8090/TCP',
        'gateway:7080/TCP',
      ]);
    });
  });

  describe('a worker beside each gateway', () => {
    const beside = (set: string) => pod(set, 'gateway').containers.find(({ name }) => name === 'decrypt-worker');

    it.each(['network-hsm', 'postgresql'])(
      'shares nothing with it but the volume of sockets, with the values %s',
      set => {
        const [gateway] = pod(set, 'gateway').containers;
        const names = ({ volumeMounts }: Pick<PodSpec['containers'][number], 'volumeMounts'>) =>
          volumeMounts.map(({ name }) => name);
        expect(names(gateway!).filter(name => names(beside(set)!).includes(name))).toEqual(['worker-sockets']);
        const volumes = pod(set, 'gateway').volumes.map(({ name }) => name);
        expect(volumes).toContain('worker-internal-tls');
        expect(JSON.stringify(pod(set, 'gateway').volumes)).toContain('"name":"worker-sockets"');
      },
    );

    it('is told the directory that the gateway is told, below the volume: its own directory is open to all in the pod', () => {
      const gateway = one('network-hsm', 'ConfigMap', 'gateway').data?.['application.yaml'] ?? '';
      expect(gateway).toMatch(/workerSocketDirectory: \/run\/rcs\/workers$/m);
      const environment = beside('network-hsm')?.env ?? [];
      expect(environment).toContainEqual({ name: 'RCS_DECRYPT_WORKER__SOCKET_DIRECTORY', value: '/run/rcs/workers' });
      const mount = { name: 'worker-sockets', mountPath: '/run/rcs' };
      for (const { volumeMounts } of pod('network-hsm', 'gateway').containers)
        expect(volumeMounts).toContainEqual(mount);
      expect(JSON.stringify(pod('network-hsm', 'worker'))).not.toContain('SOCKET_DIRECTORY');
    });

    it('does not take players from its gateway while it is not ready: other workers serve', () => {
      expect(beside('network-hsm')).toMatchObject({ livenessProbe: { httpGet: { port: 'worker-metrics' } } });
      expect(beside('network-hsm')).not.toHaveProperty('readinessProbe');
      expect(pod('network-hsm', 'worker').containers[0]).toHaveProperty('readinessProbe');
    });

    it('is seen by Prometheus', () => {
      const services = all('monitored', 'Service').filter(({ metadata }) => metadata.name.endsWith('-management'));
      expect(services.map(({ spec }) => JSON.stringify(spec.ports))).toContain(
        JSON.stringify([{ name: 'management', port: 9092, targetPort: 'worker-metrics' }]),
      );
    });

    it('is not there where it is turned off: the gateway then reaches no storage', async () => {
      const without = parseManifests(await render('network-hsm', '--set', 'worker.colocated=false'));
      const ofGateway = without.filter(({ metadata }) => metadata.name.endsWith('-gateway'));
      const kinds = ['ConfigMap', 'Deployment', 'NetworkPolicy'];
      const text = JSON.stringify(ofGateway.filter(({ kind }) => kinds.includes(kind)));
      expect(text).toContain('workerServerName: decrypt-worker');
      expect(text).not.toMatch(/"decrypt-worker"|worker-sockets|workerSocketDirectory|"port":443/);
    });
  });

  describe('a worker in the process of the gateway', () => {
    let manifests: Manifest[];
    const named = (kind: string, component = 'gateway'): Manifest =>
      manifests.find(manifest => manifest.kind === kind && manifest.metadata.name.endsWith(`-${component}`))!;
    const configurationOf = (component: string): Record<string, unknown> =>
      parse(named('ConfigMap', component).data?.['application.yaml'] ?? '') as Record<string, unknown>;

    beforeAll(async () => {
      manifests = parseManifests(await render('network-hsm', '--set', 'worker.inProcess=true'));
    });

    it('has its identity, the storages with their passwords, and an address of its own', () => {
      expect(configurationOf('gateway')).toMatchObject({
        serverSettings: { delivery: 'in-process' },
        mediaStorages: configurationOf('worker')['mediaStorages'],
        decryptWorker: {
          certificateFile: '/etc/rcs/worker-tls/tls.crt',
          keyFile: '/etc/rcs/worker-tls/tls.key',
          vaultAddresses: [expect.stringContaining('vault:7443')],
        },
      });
      const pods = JSON.stringify(named('Deployment').spec);
      expect(pods).toContain('"mountPath":"/etc/rcs/worker-tls"');
      expect(pods).toContain('RCS_DECRYPT_WORKER__ADVERTISED_URL');
      expect(pods).toContain('"containerPort":7080');
      expect(pods).not.toMatch(/"name":"decrypt-worker"|worker-sockets/);
    });

    it('is reached by other gateways, and reaches storages', () => {
      const policy = JSON.stringify(named('NetworkPolicy').spec);
      expect(policy).toContain('"port":7080');
      expect(policy).toContain('"port":443');
    });
  });

  it('puts pods that share a volume on one node, and spreads all others', () => {
    expect(JSON.stringify(pod('network-hsm', 'gateway').affinity)).toContain('kubernetes.io/hostname');
    expect(pod('network-hsm', 'gateway').topologySpreadConstraints).toBeUndefined();
    expect(pod('token-volume', 'vault').topologySpreadConstraints).toBeUndefined();
    expect(pod('network-hsm', 'worker').topologySpreadConstraints).toHaveLength(2);
    expect(JSON.stringify(pod('gateway-api', 'gateway').affinity)).toMatch(
      /podAffinity.*nodeAffinity|nodeAffinity.*podAffinity/,
    );
  });

  it('lets a name lead to every vault that is ready', () => {
    expect(one('network-hsm', 'Service', 'vault').spec).toMatchObject({ type: 'ClusterIP', clusterIP: 'None' });
    const worker = one('network-hsm', 'ConfigMap', 'worker').data?.['application.yaml'];
    expect(worker).toMatch(/vaultAddresses:\s+- rcs-recording-crypto-server-vault:7443/);
  });

  it('tells gateways and workers where contact centers may set storages', () => {
    const settableStorages = [{ url: 'https://webdav.example.com/contact-centers', contactCenters: ['cc-munich'] }];
    for (const component of ['gateway', 'worker']) {
      const text = one('postgresql', 'ConfigMap', component).data?.['application.yaml'] ?? '';
      expect(parse(text)).toMatchObject({ settableStorages, masterKeyFile: expect.any(String) as string });
    }
  });

  it('gives a volume of one pod to one gateway after the other', async () => {
    const single = ['--set', 'gateway.store.accessMode=ReadWriteOncePod', '--set', 'gateway.replicas=1'];
    const [deployment] = parseManifests(await render('network-hsm', ...single)).filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-gateway'),
    );
    expect(deployment?.spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('leaves the number of pods to the autoscaler where there is one', () => {
    expect(one('monitored', 'Deployment', 'worker').spec.replicas).toBeUndefined();
    expect(one('network-hsm', 'Deployment', 'worker').spec.replicas).toBe(2);
    expect(one('monitored', 'HorizontalPodAutoscaler', 'worker').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'rcs-recording-crypto-server-worker' },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu' } },
        { type: 'Pods', pods: { metric: { name: 'rcs_worker_active_streams' } } },
      ],
    });
  });

  it('runs gateways anywhere with PostgreSQL, each with a volume for the checkpoints of the audit alone', () => {
    const gateway = one('postgresql', 'StatefulSet', 'gateway');
    expect(gateway.spec.volumeClaimTemplates).toMatchObject([{ metadata: { name: 'checkpoints' } }]);
    expect(gateway.spec.replicas).toBeUndefined();
    expect(pod('postgresql', 'gateway').affinity).toBeUndefined();
    expect(all('postgresql', 'PersistentVolumeClaim')).toEqual([]);
    expect(one('postgresql', 'HorizontalPodAutoscaler', 'gateway').spec).toMatchObject({
      scaleTargetRef: { kind: 'StatefulSet', name: 'rcs-recording-crypto-server-gateway' },
      maxReplicas: 8,
    });
    const configuration = parse(one('postgresql', 'ConfigMap', 'gateway').data?.['application.yaml'] ?? '') as object;
    expect(configuration).toMatchObject({
      store: {
        kind: 'postgresql',
        postgresql: {
          hosts: ['db-1.example.com:5432', 'db-2.example.com:5432'],
          password: { file: '/etc/rcs/secrets/postgresql/password' },
          postgresqlTrustedCA: '/etc/rcs/secrets/postgresql-ca/ca.crt',
        },
      },
      openId: {
        issuer: 'https://id.example.com/realms/contact-center',
        openIdTrustedCA: '/etc/rcs/secrets/openid-ca/ca.crt',
        login: {
          clientId: 'recordings',
          clientSecret: { file: '/etc/rcs/secrets/openid-client/secret' },
          clientAuthentication: 'client_secret_post',
        },
      },
      archives: {
        timeStamp: {
          url: 'https://tsa.example.com/stamp',
          rootCaFile: '/etc/rcs/secrets/time-stamp-roots/roots.pem',
          required: true,
          userName: 'rcs',
          password: { file: '/etc/rcs/secrets/time-stamp/password' },
          timeStampTrustedCA: '/etc/rcs/secrets/time-stamp-ca/ca.crt',
        },
      },
      audit: { checkpointFile: '/var/lib/rcs/checkpoints/audit-checkpoints.jsonl' },
      removal: { ledgerFile: '/var/lib/rcs/checkpoints/removal-ledger.jsonl' },
    });
  });

  it('takes what platforms ask for', () => {
    const [gateway, vault] = [pod('postgresql', 'gateway'), pod('postgresql', 'vault')];
    expect(gateway.containers[0]?.image).toBe('mirror.example.com:5000/voice/recording-crypto-server:0.1.0');
    expect(gateway).toMatchObject({
      hostAliases: [{ ip: '192.0.2.9' }],
      dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      topologySpreadConstraints: [{ whenUnsatisfiable: 'DoNotSchedule' }],
    });
    expect(workload('postgresql', 'gateway').spec.template?.metadata.labels).toMatchObject({
      'sidecar.example.com/inject': 'false',
    });
    expect(gateway.containers[0]).toMatchObject({ readinessProbe: { periodSeconds: 10, failureThreshold: 2 } });
    expect(vault.serviceAccountName).toBe('cloud-hsm');
    expect(one('postgresql', 'ServiceAccount', 'vault').metadata).toMatchObject({
      name: 'cloud-hsm',
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/hsm' },
    });
    expect(vault.securityContext).toMatchObject({ supplementalGroups: [999], runAsUser: 65532 });
    expect(vault.initContainers?.map(({ name }) => name)).toEqual(['wait-for-hsm']);
    expect(vault.containers.map(({ name }) => name)).toEqual(['key-vault', 'hsm-client']);
    expect(one('postgresql', 'Service', 'gateway').spec).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerClass: 'example.com/network',
      loadBalancerSourceRanges: ['192.0.2.0/24'],
      externalTrafficPolicy: 'Local',
    });
    const extra = all('postgresql', 'ConfigMap').find(({ metadata }) => metadata.name.endsWith('-extra'));
    expect(extra).toMatchObject({ metadata: { name: 'rcs-recording-crypto-server-extra' }, data: { of: 'rcs' } });
  });

  it('gives the local key manager its own certificate, port and Service', () => {
    const [certificate] = all('postgresql', 'Certificate').filter(({ metadata }) =>
      metadata.name.endsWith('-local-key-manager'),
    );
    expect(certificate?.spec).toMatchObject({ uris: ['urn:recording-crypto-server:role:local-key-manager'] });
    const [service] = all('postgresql', 'Service').filter(({ metadata }) => metadata.name.endsWith('-key-manager'));
    expect(service?.spec).toMatchObject({ ports: [{ port: 443, targetPort: 'key-manager' }] });
  });

  describe('runs acts of rcsctl as jobs', () => {
    const job = (name: string): CronJobSpec => {
      const found = all('postgresql', 'CronJob').find(({ metadata }) => metadata.name.endsWith(`-${name}`));
      if (found === undefined) throw new Error(`there is no job ${name}`);
      return found.spec as unknown as CronJobSpec;
    };

    it('when they are due, or when somebody makes one', () => {
      const [verify, check] = [job('verify-audit'), job('check-store')];
      expect(verify).toMatchObject({ schedule: '0 3 * * *', timeZone: 'Etc/UTC', suspend: false });
      expect(check).toMatchObject({ suspend: true, jobTemplate: { spec: { activeDeadlineSeconds: 120 } } });
      expect(podOf(check).containers[0]?.args).toEqual(['rcsctl', 'store', 'check', '--role', 'rcs_gateway']);
    });

    it('with a configuration that rcsctl takes, and every file that it names', () => {
      const text = one('postgresql', 'ConfigMap', 'rcsctl').data?.['application.yaml'] ?? '';
      const [container] = podOf(job('check-store')).containers;
      const mounts = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
      for (const [file] of text.matchAll(/\/etc\/rcs\/\S+/g)) expect(mounts).toContain(dirname(file));
      const directory = join(work, 'rcsctl');
      for (const [file] of text.matchAll(/\/etc\/rcs\/\S+/g)) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), Buffer.alloc(32, 7).toString('base64'));
      }
      const path = join(directory, 'application.yaml');
      writeFileSync(path, text.replaceAll('/etc/rcs/', `${directory}/etc/rcs/`));
      const configuration = requireSections(loadConfiguration(path, {}), 'internalTls', 'store', 'decryptWorker');
      expect(configuration).toMatchObject({
        store: { kind: 'postgresql' },
        rcsctl: { operator: { certificateFile: `${directory}/etc/rcs/operator/tls.crt` } },
        decryptWorker: { vaultAddresses: ['rcs-recording-crypto-server-vault:7443'] },
      });
    });

    it('with certificates of their own, and ways to vaults and store alone', () => {
      const roles = all('postgresql', 'Certificate').map(({ spec }) =>
        String((spec.uris as string[] | undefined)?.[0]),
      );
      for (const role of ['rcsctl', 'operator']) expect(roles).toContain(`urn:recording-crypto-server:role:${role}`);
      const { egress = [] } = one('postgresql', 'NetworkPolicy', 'rcsctl').spec;
      expect(egress.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([8090, 7443, 5432, 5353, 5353]);
      expect(JSON.stringify(one('postgresql', 'NetworkPolicy', 'vault').spec.ingress)).toContain('"rcsctl"');
    });

    it('where the store is not one file, and nowhere unasked', async () => {
      for (const set of valueSets.filter(name => name !== 'postgresql')) {
        expect(all(set, 'CronJob')).toEqual([]);
        expect(JSON.stringify(rendered.get(set))).not.toContain('role:operator');
      }
      const asked = render('network-hsm', '--set', 'rcsctl.enabled=true');
      await expect(asked).rejects.toThrow('rcsctl.enabled: needs configuration.store.kind postgresql');
    });
  });

  it('tells a Gateway in front whom to trust', () => {
    expect(all('postgresql', 'BackendTLSPolicy')[0]?.spec).toMatchObject({
      targetRefs: [{ kind: 'Service', name: 'rcs-recording-crypto-server-gateway' }],
      validation: { hostname: 'recordings.example.com', caCertificateRefs: [{ name: 'public-ca' }] },
    });
  });

  it('leaves the ids of users to the platform where it gives them', async () => {
    const ids = ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap(id => ['--set', `podSecurityContext.${id}=null`]);
    const pods = parseManifests(await render('network-hsm', ...ids)).flatMap(({ spec }) => spec?.template?.spec ?? []);
    expect(pods).toHaveLength(3);
    for (const { securityContext } of pods) expect(JSON.stringify(securityContext)).not.toMatch(/65532|null/);
  });

  it('listens and is reached over IPv6 where there is nothing else', async () => {
    const manifests = parseManifests(await render('network-hsm', '--set', 'ipFamily=IPv6'));
    const texts = manifests.flatMap(({ data }) => data?.['application.yaml'] ?? []);
    expect(texts).toHaveLength(3);
    for (const text of texts) expect(text).not.toContain('0.0.0.0');
    expect(JSON.stringify(manifests)).toContain('https://[$(POD_IP)]:7080');
  });

  it('asks cert-manager for certificates that name the role, on P-256', () => {
    const certificate = one('network-hsm', 'Certificate', 'worker');
    expect(certificate.spec).toMatchObject({
      uris: ['urn:recording-crypto-server:role:decrypt-worker'],
      privateKey: { algorithm: 'ECDSA', size: 256 },
      secretName: 'rcs-recording-crypto-server-worker-internal-tls',
      issuerRef: { name: 'rcs-recording-crypto-server-internal-ca', kind: 'Issuer' },
    });
    expect(certificate.spec.dnsNames).toContain('decrypt-worker');
    expect(one('monitored', 'Certificate', 'vault').spec.issuerRef).toEqual({
      name: 'corporate',
      kind: 'ClusterIssuer',
    });
    expect(all('monitored', 'Issuer')).toEqual([]);
  });

  it('brings alerts, dashboards and scraping only when asked', () => {
    const kinds = ['ServiceMonitor', 'PrometheusRule'];
    expect((rendered.get('network-hsm') ?? []).filter(({ kind }) => kinds.includes(kind))).toEqual([]);
    const [rule] = all('monitored', 'PrometheusRule');
    const groups = rule?.spec.groups as { rules: { alert?: string; annotations?: Record<string, string> }[] }[];
    const alerts = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    expect(alerts).toContain('RcsNoWorker');
    const [noWorker] = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert === 'RcsNoWorker');
    expect(noWorker?.annotations?.runbook_url).toBe(
      'https://git.example.com/rcs/blob/v0.1.0/docs/runbooks.md#rcsnoworker',
    );
    const dashboards = all('monitored', 'ConfigMap').filter(
      ({ metadata }) => metadata.labels?.grafana_dashboard === '1',
    );
    expect(dashboards.length).toBe(readdirSync(join(chart, 'files/grafana')).length);
    for (const { data } of dashboards)
      for (const text of Object.values(data ?? {})) expect(JSON.parse(text)).toHaveProperty('panels');
    const scraped = all('monitored', 'Service').filter(
      ({ metadata }) => metadata.labels?.['recording-crypto-server/metrics'] === 'true',
    );
    expect(scraped).toHaveLength(4);
  });

  it('says at the end how the first administrator logs in', async () => {
    // Only an installation prints the notes, so a copy of the chart makes a manifest of them.
    const copy = join(work, 'with-notes');
    cpSync(chart, copy, { recursive: true });
    const text = readFileSync(join(copy, 'templates/NOTES.txt'), 'utf8');
    writeFileSync(join(copy, 'templates/_notes.tpl'), `{{- define "notes" -}}${text}{{- end }}`);
    writeFileSync(
      join(copy, 'templates/notes.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\ndata: { notes: {{ include "notes" . | toJson }} }\n',
    );
    const notes = async (set: string): Promise<string> => {
      const [manifest] = parseManifests(await renderChart(copy, set, '--show-only', 'templates/notes.yaml'));
      return manifest?.data?.notes ?? '';
    };
    expect(await notes('existing-secrets')).toContain(
      'admin of cc-munich logs in with the password in the Secret rcs-bootstrap',
    );
    const commands = await notes('network-hsm');
    const exec = 'kubectl -n recordings exec -i deployment/rcs-recording-crypto-server-gateway -- ';
    expect(commands).toContain(
      `${exec}/opt/recording-crypto-server/bin/recording-crypto-server rcsctl contact-centers add`,
    );
    expect(commands).toContain('rcsctl users add admin --contact-center ID --role admin');
  });

  it('plays a recording in helm test', () => {
    const [test] = all('monitored', 'Pod');
    expect(test?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'test' });
    expect(test?.spec.containers?.[0]?.args).toEqual([
      'rcsctl',
      'play',
      '--gateway=https://rcs-recording-crypto-server-gateway:443',
      '--user=alice',
      '--password-file=/etc/rcs/secrets/user/password',
      '--ca-file=/etc/rcs/public-tls/tls.crt',
      '--server-name=recordings.example.com',
      '/recordings/EXAMPLE/play/example.mp3',
    ]);
  });

  it('restarts pods when their configuration changes, but not for the level of the log', async () => {
    const checksums = async (...more: readonly string[]) =>
      parseManifests(await render('network-hsm', ...more))
        .filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))
        .map(({ spec }) => spec.template?.metadata.annotations?.['checksum/configuration']);
    const before = await checksums();
    expect(await checksums('--set', 'configuration.logging.level=debug')).toEqual(before);
    const after = await checksums('--set', 'configuration.crRegion=north');
    expect(after.filter((checksum, index) => checksum === before[index])).toEqual([]);
  });

  it('reaches Redis over TLS and with a password, unless the values say otherwise', () => {
    for (const component of ['gateway', 'worker']) {
      const text = (set: string) => one(set, 'ConfigMap', component).data?.['application.yaml'] ?? '';
      expect(text('existing-secrets')).toMatch(/password:\s+file: \/etc\/rcs\/secrets\/redis\/password\s+url: rediss:/);
      expect(text('token-volume')).not.toMatch(/secrets\/redis|rediss:/);
    }
  });

  it.each([
    ['a store that several nodes would write to', ['--set', 'gateway.store.accessMode=ReadWriteMany'], 'accessMode'],
    [
      'two gateways with a volume of one pod',
      ['--set', 'gateway.store.accessMode=ReadWriteOncePod'],
      'gateway.replicas=1',
    ],
    ['gateways that are scaled on one node', ['--set', 'gateway.autoscaling.enabled=true'], 'autoscaling'],
    ['PostgreSQL without a host', ['--set', 'configuration.store.kind=postgresql'], 'store'],
    [
      'a password of PostgreSQL in plain text',
      ['--set', 'configuration.store.postgresql.password=secret'],
      'postgresql',
    ],
    ['a local key manager without a master key', ['--set', 'localKeyManager.enabled=true'], 'masterKeySecret'],
    [
      'two vaults with a token volume of one pod',
      ['--set', 'vault.tokenVolume.enabled=true', '--set', 'vault.tokenVolume.accessMode=ReadWriteOncePod'],
      'vault.replicas=1',
    ],
    ['scraping that nobody may do', ['--set', 'serviceMonitor.enabled=true'], 'networkPolicy.monitoring.from'],
    ['a password in plain text', ['--set', 'configuration.redis.password=secret'], 'redis'],
    [
      'a password of the first administrator in plain text',
      ['--set', 'configuration.serverSettings.bootstrapAdministrator.password=secret'],
      'bootstrapAdministrator',
    ],
    ['a PIN in plain text', ['--set', 'configuration.keyVault.tokens[0].pin=1234'], 'tokens'],
    ['an option that does not exist', ['--set', 'gateway.replica=2'], 'replica'],
    ['a token that is no PKCS#11 URI', ['--set', 'configuration.keyVault.tokens[0].uri=/dev/hsm'], 'uri'],
    ['a missing public certificate', ['--set', 'gateway.tls.existingSecret='], 'gateway.tls.existingSecret'],
    [
      'missing internal certificates',
      ['--set', 'internalTls.certManager.enabled=false'],
      'internalTls.existingSecrets',
    ],
  ])('refuses %s by name', async (_, more, named) => {
    await expect(render('network-hsm', ...more)).rejects.toThrow(named);
  });

  it('is checked by a validator that refuses unknown fields', async () => {
    const directory = join(work, 'wrong');
    mkdirSync(directory);
    const text = JSON.stringify(one('network-hsm', 'Deployment', 'worker')).replace('readinessProbe', 'readynessProbe');
    writeFileSync(join(directory, 'wrong.json'), text);
    await expect(tools.validate(directory)).rejects.toThrow('readynessProbe');
  });

  it('packs without anything else', async () => {
    const copy = join(work, 'chart');
    cpSync(chart, copy, { recursive: true });
    const report = await tools.helm('package', copy, '--destination', work);
    expect(report).toContain('recording-crypto-server-0.1.0.tgz');
  });
}
