import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  allocatorSettings,
  loadConfiguration,
  requireSections,
  type Configuration,
  type StoreConfiguration,
} from '#platform';
import { type DataDirectory } from './data-directory.js';
import { clusterConfiguration, opsUser, webdavUser, type ClusterSecrets } from './cluster-configuration.js';
import { commandLineConfiguration } from './command-line-configuration.js';
import { contactCenterId } from './demo-accounts.js';
import { internalAuthority, type InternalAuthorityFiles } from './internal-authority.js';
import { choosePorts, type Ports } from './ports.js';
import { secretFile } from './secret.js';
import { startWebDav } from './services/apache-webdav.js';
import { answersOk } from './services/probe.js';
import { KeptProcess } from './services/kept-process.js';
import { startRedis } from './services/redis.js';
import { programFile, type ServiceProgram } from './service-programs.js';
import { softHsmToken, type SoftHsmToken } from './services/softhsm-token.js';
import { SupervisedProcess } from './services/supervised-process.js';
import { vaultAddresses, vaultReplicas, type VaultCount, type VaultReplica } from './vault-replicas.js';

export interface ClusterAccess {
  readonly gateway: string;
  readonly authority: InternalAuthorityFiles;
  readonly ops: { readonly name: string; readonly password: string };
  readonly webdav: { readonly url: string; readonly user: string; readonly password: string };
  readonly vaults: readonly string[];
  readonly management: {
    readonly gateway: string;
    /** The first one. */
    readonly vault: string;
    readonly vaults: readonly string[];
    readonly workers: readonly string[];
  };
}

/** All processes of a recording crypto server on one machine, started in the order in which they need each other. */
export class Cluster {
  private readonly processes: KeptProcess[] = [];
  private stopping = false;
  private readonly baseEnvironment: Readonly<Record<string, string | undefined>>;

  private constructor(
    readonly directory: DataDirectory,
    private readonly ports: Ports,
    private readonly authority: InternalAuthorityFiles,
    private readonly secrets: ClusterSecrets,
    private readonly token: SoftHsmToken,
    private readonly vaults: readonly VaultReplica[],
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.baseEnvironment = { ...environment, RCS_CONFIG: directory.configurationFile };
  }

  /** Makes what is missing (secrets, certificates, token, configuration) and starts nothing yet. */
  static async prepare(
    directory: DataDirectory,
    environment: Readonly<Record<string, string | undefined>>,
    vaultCount: VaultCount,
  ): Promise<Cluster> {
    directory.create();
    const secrets = {
      ops: secretFile(directory.secrets, 'ops-password'),
      redis: secretFile(directory.secrets, 'redis-password'),
      webdav: secretFile(directory.secrets, 'webdav-password'),
      tokenPin: secretFile(directory.secrets, 'token-pin'),
      masterKey: secretFile(directory.secrets, 'master-key', 32),
      logLevel: secretFile(directory.secrets, 'log-level-token'),
    };
    const securityOfficer = secretFile(directory.secrets, 'token-security-officer-pin');
    const authority = await internalAuthority(directory.internalTls);
    const token = await softHsmToken(directory.token, secrets.tokenPin.value, securityOfficer.value);
    const ports = await choosePorts(directory.portsFile);
    const vaults = vaultReplicas(vaultCount, ports, directory);
    const configuration = clusterConfiguration(directory, ports, authority, secrets, token, vaults);
    const contactCenter = contactCenterId(directory);
    const commandLine = commandLineConfiguration(configuration, directory, ports, authority, contactCenter);
    writeFileSync(directory.configurationFile, stringify(configuration), { mode: 0o600 });
    writeFileSync(directory.commandLineConfigurationFile, stringify(commandLine), { mode: 0o600 });
    return new Cluster(directory, ports, authority, secrets, token, vaults, environment);
  }

  get access(): ClusterAccess {
    const { ports, secrets } = this;
    const local = (port: number): string => `http://127.0.0.1:${port}`;
    const scheme = this.baseEnvironment.RCS_SERVER_SETTINGS__ENABLE_SSL === 'false' ? 'http' : 'https';
    return {
      gateway: `${scheme}://127.0.0.1:${ports.gateway}`,
      authority: this.authority,
      ops: { name: opsUser, password: secrets.ops.value },
      webdav: { url: `${local(ports.webdav)}/recordings`, user: webdavUser, password: secrets.webdav.value },
      vaults: vaultAddresses(this.vaults),
      management: {
        gateway: local(ports.gatewayManagement),
        vault: local(ports.vaultManagement),
        vaults: this.vaults.map(({ managementUrl }) => managementUrl),
        workers: this.isOneProcess ? [] : [local(ports.worker1Management), local(ports.worker2Management)],
      },
    };
  }

  /** Everything the services stand on. */
  async startFoundations(): Promise<void> {
    const { directory, ports, secrets } = this;
    const redis = { directory: directory.redis, port: ports.redis, password: secrets.redis.value };
    await this.add(startRedis({ ...redis, logFile: this.logFile('redis') }));
    const webdav = {
      directory: directory.webdav,
      port: ports.webdav,
      userName: webdavUser,
      password: secrets.webdav.value,
    };
    await this.add(startWebDav({ ...webdav, logFile: this.logFile('apache') }).then(({ process }) => process));
  }

  async startServices(): Promise<void> {
    const { management } = this.access;
    await Promise.all(this.vaults.map(vault => this.startVault(vault)));
    await Promise.all(management.workers.map((url, index) => this.startWorker(index + 1, url)));
    await this.startService('playback-gateway', 'playback-gateway', management.gateway, {
      // Of a worker in its process, where serverSettings.delivery asks for one.
      RCS_DECRYPT_WORKER__LISTEN__PORT: '0',
    });
  }

  /** Where the gateway keeps what it stores, by its own configuration. @throws ConfigurationError naming the option that is wrong. */
  storeConfiguration(): StoreConfiguration {
    return requireSections(this.gatewayConfiguration, 'store').store;
  }

  /** Whether the gateway is its own worker, so that no other is needed. */
  private get isOneProcess(): boolean {
    return this.gatewayConfiguration.serverSettings.delivery === 'in-process';
  }

  private get gatewayConfiguration(): Configuration {
    return loadConfiguration(this.directory.configurationFile, this.environmentOf('playback-gateway'));
  }

  /**
   * Watches what runs, and starts again what ends unasked. One that does not come back is only reported where others of
   * its kind go on (workers, one vault of several); resolves with the name and end of any other.
   */
  watch(report: (text: string) => void, changing: readonly ServiceProgram[]): Promise<string> {
    return new Promise(resolve => {
      for (const process of this.processes) {
        const mayChange = changing.some(program => process.name.startsWith(program));
        void process.keep(report, mayChange).then(how => {
          if (how === undefined || this.stopping) return;
          const text = `${process.name} ended and does not come back: ${how}`;
          const others = process.name.startsWith('decrypt-worker') || (isVault(process) && this.aVaultRuns);
          if (others) report(text);
          else resolve(text);
        });
      }
    });
  }

  /** Starts the processes of a program again, one after the other, because it has changed. */
  async restart(program: ServiceProgram): Promise<void> {
    for (const process of this.processes) if (process.name.startsWith(program)) await process.restart();
  }

  /** Stops what runs, the last one first; whatever is being started meanwhile stops as soon as it has started. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.processes.forEach(process => process.retire());
    for (const process of this.processes.splice(0).reverse()) await process.stop();
  }

  private get aVaultRuns(): boolean {
    return this.processes.some(process => isVault(process) && process.running);
  }

  private async add(starting: Promise<SupervisedProcess>): Promise<void> {
    const process = await starting;
    if (this.stopping) {
      await process.stop();
      throw new Error('the cluster is being stopped');
    }
    this.processes.push(new KeptProcess(process));
  }

  private startVault({ name, managementUrl, environment }: VaultReplica): Promise<void> {
    return this.startService(name, 'key-vault', managementUrl, { ...this.token.environment, ...environment });
  }

  private startWorker(number: number, managementUrl: string): Promise<void> {
    const [port, management] =
      number === 1
        ? [this.ports.worker1, this.ports.worker1Management]
        : [this.ports.worker2, this.ports.worker2Management];
    return this.startService(`decrypt-worker-${number}`, 'decrypt-worker', managementUrl, {
      RCS_DECRYPT_WORKER__LISTEN__PORT: String(port),
      RCS_DECRYPT_WORKER__MANAGEMENT__PORT: String(management),
    });
  }

  private async startService(
    name: string,
    role: ServiceProgram,
    managementUrl: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.add(
      SupervisedProcess.start({
        name,
        program: process.execPath,
        args: [programFile(role)],
        environment: { ...allocatorSettings, ...this.environmentOf(role), ...environment },
        workingDirectory: this.directory.root,
        logFile: this.logFile(name),
        isReady: () => answersOk(`${managementUrl}/health/ready`),
      }),
    );
  }

  private environmentOf(role: ServiceProgram): Readonly<Record<string, string | undefined>> {
    const { certificateFile, keyFile } = this.authority.services[role];
    return {
      ...this.baseEnvironment,
      RCS_INTERNAL_TLS__CA_FILE: this.authority.caFile,
      RCS_INTERNAL_TLS__CERTIFICATE_FILE: certificateFile,
      RCS_INTERNAL_TLS__KEY_FILE: keyFile,
    };
  }

  private logFile(name: string): string {
    return join(this.directory.logs, `${name}.log`);
  }
}

const isVault = ({ name }: KeptProcess): boolean => name.startsWith('key-vault');
