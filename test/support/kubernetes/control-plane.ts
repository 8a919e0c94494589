import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { endingWithUs } from '#platform';
import { freePorts } from '#test/cluster/free-ports.js';
import { endChild } from '#test/waiting/end-child.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { ApiClient } from './api-client.js';
import { buildKubernetes } from './kubernetes-programs.js';
import { StandInNodes } from './stand-in-nodes.js';

const run = promisify(execFile);
const limits = { timeout: 150_000, maxBuffer: 64 * 1024 * 1024 };

/** etcd, API server, scheduler and controllers of Kubernetes on loopback ports, and nodes on which no container runs. */
export class ControlPlane {
  private readonly children = new Map<string, ChildProcess>();
  private nodes: StandInNodes | undefined;

  private constructor(
    private readonly directory: string,
    private readonly programs: string,
    readonly api: ApiClient,
    readonly kubeconfig: string,
  ) {}

  /** @param nodes their names. */
  static async start(go: string, nodes: readonly string[]): Promise<ControlPlane> {
    const programs = await buildKubernetes(go);
    const directory = mkdtempSync(join(tmpdir(), 'rcs-kubernetes-'));
    const [client = 0, peer = 0, secure = 0] = await freePorts(3);
    const token = randomBytes(24).toString('hex');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyFile = join(directory, 'service-accounts.key');
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(directory, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
    const certificates = join(directory, 'certificates');
    const children = new Map<string, ChildProcess>();
    const start = (program: string, args: readonly string[]): void => {
      children.set(program, startProgram(program, args, directory));
    };
    const etcd = `http://127.0.0.1:${client}`;
    start('etcd', [
      ...['--data-dir', join(directory, 'etcd'), '--unsafe-no-fsync', '--name', 'one'],
      ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...['--initial-cluster', `one=http://127.0.0.1:${peer}`],
    ]);
    start(join(programs, 'kube-apiserver'), [
      ...[
        `--etcd-servers=${etcd}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${secure}`,
        `--cert-dir=${certificates}`,
      ],
      ...[
        '--advertise-address=127.0.0.1',
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
      ],
      ...['--authorization-mode=RBAC', `--token-auth-file=${join(directory, 'tokens.csv')}`],
      ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-signing-key-file=${keyFile}`],
      // Nobody here takes from a new node the mark that it is not ready.
      ...[`--service-account-key-file=${keyFile}`, '--disable-admission-plugins=TaintNodesByCondition'],
    ]);
    const caFile = join(certificates, 'apiserver.crt');
    await waitFor('the certificate of the API server', () => existsSync(caFile));
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigOf(secure, caFile, token), { mode: 0o600 });
    const plane = new ControlPlane(directory, programs, new ApiClient(secure, caFile, token), kubeconfig);
    children.forEach((child, program) => plane.children.set(program, child));
    try {
      await plane.begin(keyFile, nodes);
      return plane;
    } catch (error) {
      const log = plane.logs();
      await plane.stop();
      throw new Error(`the control plane did not start: ${log}`, { cause: error });
    }
  }

  /** @returns the standard output. @throws Error with what kubectl says */
  async kubectl(...args: readonly string[]): Promise<string> {
    return (await run(join(this.programs, 'kubectl'), ['--kubeconfig', this.kubeconfig, ...args], limits)).stdout;
  }

  /** What the stand-in of the nodes could not do, if anything. */
  get problem(): unknown {
    return this.nodes?.problem;
  }

  async stop(): Promise<void> {
    await this.nodes?.stop();
    for (const [program, child] of [...this.children].reverse()) await endChild(program, child, 'SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async begin(keyFile: string, nodes: readonly string[]): Promise<void> {
    const isReady = (): Promise<boolean> =>
      this.api.list('/api/v1/namespaces/default/services').then(
        () => true,
        () => false,
      );
    await waitFor('the API server', isReady, { patienceMs: 120_000 });
    const common = [`--kubeconfig=${this.kubeconfig}`, '--leader-elect=false', '--secure-port=0'];
    // Pods that had to follow others are tried again when these are gone, after five minutes unless it is told otherwise.
    this.child('kube-scheduler', [...common, '--pod-max-in-unschedulable-pods-duration=20s']);
    // Nodes without a kubelet send no signs of life.
    const controllers = '--controllers=*,-node-lifecycle-controller,-taint-eviction-controller';
    this.child('kube-controller-manager', [...common, controllers, `--service-account-private-key-file=${keyFile}`]);
    this.nodes = new StandInNodes(this.api);
    await this.nodes.start(nodes);
  }

  private child(program: string, args: readonly string[]): void {
    const path = join(this.programs, program);
    this.children.set(path, startProgram(path, args, this.directory));
  }

  private logs(): string {
    return [...this.children.keys()]
      .map(program => readFileSync(logOf(program, this.directory), 'utf8').slice(-2000))
      .join('\n');
  }
}

const logOf = (program: string, directory: string): string => join(directory, `${program.split('/').at(-1)}.log`);

function startProgram(program: string, args: readonly string[], directory: string): ChildProcess {
  const log = openSync(logOf(program, directory), 'a');
  try {
    return spawn(...endingWithUs(program, args), { stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function kubeconfigOf(port: number, caFile: string, token: string): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': caFile };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });
}
