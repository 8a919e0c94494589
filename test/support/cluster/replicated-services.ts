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

/**
 * Two of each service, beside the processes of a quickstart cluster and on the same Redis server, storage, store and
 * token, with a worker registry of their own. `environment` is added to that of each service.
 */
export async function startTwoOfEach(
  repository: string,
  ready: ReadyLine,
  environment: Readonly<Record<ReplicaDefinition['role'], Readonly<Record<string, string>>>>,
): Promise<ReplicatedServices> {
  const ports = await freePorts(12);
  const port = (): number => ports.pop() ?? 0;
  const vaultPorts = [port(), port()];
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
        RCS_REDIS__KEY_PREFIX: '"replicas:"',
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
  const workers = [1, 2].map(number =>
    replica('decrypt-worker', number, 'RCS_DECRYPT_WORKER', port(), { RCS_DECRYPT_WORKER__VAULT_ADDRESSES: addresses }),
  );
  const gatewayUrls = new Map<Replica, string>();
  const gateways = [1, 2].map(number => {
    const publicPort = port();
    const gateway = replica('playback-gateway', number, 'RCS_SERVER_SETTINGS', publicPort);
    gatewayUrls.set(gateway, `https://127.0.0.1:${publicPort}`);
    return gateway;
  });
  const stop = async (): Promise<void> => {
    await Promise.all([...gateways, ...workers, ...vaults].map(each => each.stop()));
  };
  try {
    for (const kind of [vaults, workers, gateways]) await Promise.all(kind.map(each => each.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { vaults, workers, gateways, gatewayUrls, stop };
}
