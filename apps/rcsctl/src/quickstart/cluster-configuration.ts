import { availableParallelism } from 'node:os';
import type { DataDirectory } from './data-directory.js';
import { operatorIdentity, type InternalAuthorityFiles } from './internal-authority.js';
import type { Ports } from './ports.js';
import type { SecretFile } from './secret.js';
import type { SoftHsmToken } from './services/softhsm-token.js';
import { vaultAddresses, type VaultReplica } from './vault-replicas.js';
import { workerSockets } from './worker-sockets.js';

export interface ClusterSecrets {
  readonly ops: SecretFile;
  readonly redis: SecretFile;
  readonly webdav: SecretFile;
  readonly tokenPin: SecretFile;
  readonly masterKey: SecretFile;
  readonly logLevel: SecretFile;
}

export const webdavUser = 'recorder';
export const opsUser = 'ops';
/** SoftHSM computes on this machine's processors. */
const tokenThreads = Math.max(2, availableParallelism());

/** The one application.yaml that all services of the cluster read; what differs is in their environment. */
export function clusterConfiguration(
  directory: DataDirectory,
  ports: Ports,
  authority: InternalAuthorityFiles,
  secrets: ClusterSecrets,
  token: SoftHsmToken,
  vaults: readonly VaultReplica[],
) {
  const operator = operatorIdentity(authority);
  const sockets = workerSockets(directory.workerSockets, text => process.stderr.write(`${text}\n`));
  const local = (port: number) => ({ host: '127.0.0.1', port });
  return {
    crRegion: 'default',
    masterKeyFile: secrets.masterKey.file,
    logging: { levelToken: { file: secrets.logLevel.file } },
    redis: { url: `redis://127.0.0.1:${ports.redis}`, password: { file: secrets.redis.file } },
    store: { directory: directory.store },
    audit: { checkpointFile: directory.auditCheckpoints },
    removal: { ledgerFile: directory.removalLedger },
    mediaStorages: [
      {
        storage: 'webDAV',
        url: `http://127.0.0.1:${ports.webdav}/recordings`,
        userName: webdavUser,
        password: { file: secrets.webdav.file },
      },
    ],
    serverSettings: {
      listen: local(ports.gateway),
      management: local(ports.gatewayManagement),
      enableSsl: true,
      ssl: authority.server,
      workerSocketDirectory: sockets,
      opsUsername: opsUser,
      opsUserPassword: { file: secrets.ops.file },
      // Programs on this machine work without CSRF tokens; pages in its browsers do not.
      csrfExemptions: [{ address: '127.0.0.1' }],
    },
    keyVault: {
      listen: local(ports.vault),
      management: local(ports.vaultManagement),
      token: { uri: token.uri, pin: { file: secrets.tokenPin.file }, sessions: 32 * tokenThreads },
      threads: tokenThreads,
      keyUseJournal: { file: directory.keyUseJournal },
      ...(operator === undefined
        ? {}
        : {
            allowOperatorUnwrap: {
              certificateFiles: [operator.certificateFile],
              journalFile: directory.operatorJournal,
            },
          }),
    },
    localKeyManager: {
      ...authority.services['local-key-manager'],
      vaultAddresses: vaultAddresses(vaults),
    },
    decryptWorker: {
      // Where serverSettings.delivery puts one into the gateway; internalTls of workers says the same.
      ...authority.services['decrypt-worker'],
      socketDirectory: sockets,
      vaultAddresses: vaultAddresses(vaults),
    },
    gracefulShutdownTimeoutMs: 5000,
  };
}
