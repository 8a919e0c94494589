import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLineConfigurationName } from '../configuration/find-configuration.js';

/** The places below the data directory of a quickstart cluster. */
export class DataDirectory {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  get secrets(): string {
    return join(this.root, 'secrets');
  }

  get internalTls(): string {
    return join(this.root, 'internal-tls');
  }

  /** Certificates that players and recorders may have; never a key. */
  get certificates(): string {
    return join(this.root, 'certificates');
  }

  get token(): string {
    return join(this.root, 'token');
  }

  get store(): string {
    return join(this.root, 'store');
  }

  /** Of the gateway, also where the records are in another store than here. */
  get auditCheckpoints(): string {
    return join(this.store, 'audit-checkpoints.jsonl');
  }

  /** The same of what was removed. */
  get removalLedger(): string {
    return join(this.store, 'removal-ledger.jsonl');
  }

  get redis(): string {
    return join(this.root, 'redis');
  }

  get webdav(): string {
    return join(this.root, 'webdav');
  }

  /** Where the gateway reaches the workers. */
  get workerSockets(): string {
    return join(this.root, 'worker-sockets');
  }

  get logs(): string {
    return join(this.root, 'logs');
  }

  get configurationFile(): string {
    return join(this.root, 'application.yaml');
  }

  /** What the command line reads: who the operator is, where vault and gateway are. */
  get commandLineConfigurationFile(): string {
    return join(this.root, commandLineConfigurationName);
  }

  /** Where the vault writes down what operators opened. */
  get operatorJournal(): string {
    return join(this.root, 'operator-journal.jsonl');
  }

  /** Where the vault writes down every use of a key before it happens. */
  get keyUseJournal(): string {
    return join(this.root, 'key-vault', 'key-uses.jsonl');
  }

  /** What `quickstart --json` prints, while the cluster runs. */
  get readyFile(): string {
    return join(this.root, 'ready.json');
  }

  /** Says that the week of the demo has been recorded. */
  get weekFile(): string {
    return join(this.root, 'demo-week');
  }

  /** Which ports were used last time, so that URLs stay the same. */
  get portsFile(): string {
    return join(this.root, 'ports.json');
  }

  /** Makes the directories, readable by their owner alone. */
  create(): void {
    for (const directory of [this.root, this.secrets, this.internalTls, this.certificates, this.store, this.logs]) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
  }
}
