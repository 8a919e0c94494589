import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { Replica, type ReplicaDefinition } from './replica.js';
import type { ReadyLine } from './running-cluster.js';

export interface ReplicatedServices {
  readonly vaults: readonly Replica[];
  readonly workers: readonly Replica[];
  readonly gateways: readonly Replica[];
  /** Public URL of each gateway. */
  readonly gatewayUrls: ReadonlyMap<Replica, string>;
  stop(): Promise<void>;
}

type Counts = Readonly<Record<'vaults' | 'workers' | 'gateways', number>>;

/** Keys of their registry begin with it. */
export const replicasPrefix = 'replicas:';

/**
 * Services beside the processes of a quickstart cluster and on the same Redis server, storage, store and
 * token, with a worker registry of their own: two of each unless it is said. `environment` is added to that of each service.
 */
export async function startReplicas(
  repository: string,
  ready: ReadyLine,
  environment: Readonly<Record<ReplicaDefinition['role'], Readonly<Record<string, string>>>>,
  counts: Counts = { vaults: 2, workers: 2, gateways: 2 },
): Promise<ReplicatedServices> {
  const ports = await freePorts(2 * (counts.vaults + counts.workers + counts.gateways));
  const port = (): number => ports.pop() ?? 0;
  const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const vaultPorts = numbersTo(counts.vaults).map(port);
  const tls = (role: string) => ({
    RCS_INTERNAL_TLS__CA_FILE: ready.caFile,
    RCS_INTERNAL_TLS__CERTIFICATE_FILE: join(ready.dataDir, 'internal-tls', `${role}.pem`),
    RCS_INTERNAL_TLS__KEY_FILE: join(ready.dataDir, 'internal-tls', `${role}.key`),
  });
  const replica = (
    role: ReplicaDefinition['role'],
    number: number,
    section: string,
    listenPort: number,
    more: Readonly<Record<string, string>> = {},
  ): Replica => {
    const managementPort = port();
    return new Replica({
      name: `${role}-${number}`,
      role,
      repository,
      management: `http://127.0.0.1:${managementPort}`,
      logFile: join(ready.dataDir, 'logs', `replica-${role}-${number}.log`),
      environment: {
        PATH: process.env.PATH,
        NODE_OPTIONS: process.env.NODE_OPTIONS,
        ANSWER_REPORT: process.env.ANSWER_REPORT,
        RCS_CONFIG: join(ready.dataDir, 'application.yaml'),
        RCS_REDIS__KEY_PREFIX: JSON.stringify(replicasPrefix),
        ...tls(role),
        [`${section}__LISTEN__PORT`]: String(listenPort),
        [`${section}__MANAGEMENT__PORT`]: String(managementPort),
        ...environment[role],
        ...more,
      },
    });
  };
  const token = { SOFTHSM2_CONF: join(ready.dataDir, 'token/softhsm2.conf') };
  const vaults = vaultPorts.map((vaultPort, index) =>
    replica('key-vault', index + 1, 'RCS_KEY_VAULT', vaultPort, {
      ...token,
      RCS_KEY_VAULT__KEY_USE_JOURNAL__FILE: join(ready.dataDir, `key-uses-replica-${index + 1}.jsonl`),
    }),
  );
  const addresses = JSON.stringify(vaultPorts.map(vaultPort => `localhost:${vaultPort}`));
  const workers = numbersTo(counts.workers).map(number =>
    replica('decrypt-worker', number, 'RCS_DECRYPT_WORKER', port(), { RCS_DECRYPT_WORKER__VAULT_ADDRESSES: addresses }),
  );
  // Gateways whose store is in files share the one beside it.
  const ownCheckpoints = (number: number): Record<string, string> =>
    environment['playback-gateway'].RCS_STORE__KIND === 'postgresql'
      ? { RCS_AUDIT__CHECKPOINT_FILE: join(ready.dataDir, `checkpoints-replica-${number}.jsonl`) }
      : {};
  const gatewayUrls = new Map<Replica, string>();
  const gateways = numbersTo(counts.gateways).map(number => {
    const publicPort = port();
    const gateway = replica('playback-gateway', number, 'RCS_SERVER_SETTINGS', publicPort, ownCheckpoints(number));
    gatewayUrls.set(gateway, `https://127.0.0.1:${publicPort}`);
    return gateway;
  });
  const stop = async (): Promise<void> => {
    await Promise.all([...gateways, ...workers, ...vaults].map(each => each.stop()));
  };
  try {
    // SoftHSM refuses logins of processes that come in the same moment.
    for (const vault of vaults) await vault.start();
    for (const kind of [workers, gateways]) await Promise.all(kind.map(each => each.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { vaults, workers, gateways, gatewayUrls, stop };
}
