import { endingWithUs, reservePort } from '#platform';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalRecord, KeyUseRecord } from '#contracts';
import { KeyVaultEndpoint } from '#key-vault-client';
import type { InternalIdentity } from '#platform';
import { stringify } from 'yaml';
import { endChild } from '../waiting/end-child.js';
import { waitFor } from '../waiting/wait-for.js';

export interface VaultSettings {
  readonly directory: string;
  readonly identity: InternalIdentity;
  /** The section keyVault without addresses. */
  readonly keyVault: object;
  readonly environment: Readonly<Record<string, string>>;
}

/** Where tests and benches are started. */
const repository = process.cwd();
const stopTimeoutMs = 20_000;

/** A real key vault, in a process of its own. */
export class RunningVault {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
    readonly managementUrl: string,
    private readonly logFile: string,
    readonly journalFile: string,
  ) {}

  /** Starts the built vault; resolves when its management server answers. */
  static async start({ directory, identity, keyVault, environment }: VaultSettings): Promise<RunningVault> {
    mkdirSync(directory, { recursive: true });
    const [port, managementPort] = [await reservePort(), await reservePort()];
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(directory, name), content, { mode: 0o600 });
      return join(directory, name);
    };
    const configuration = {
      internalTls: {
        caFile: file('ca.pem', identity.caPem),
        certificateFile: file('vault.pem', identity.certificatePem),
        keyFile: file('vault.key', identity.keyPem),
      },
      keyVault: {
        listen: { host: '127.0.0.1', port },
        management: { host: '127.0.0.1', port: managementPort },
        keyUseJournal: { file: join(directory, 'key-uses.jsonl') },
        ...keyVault,
      },
      gracefulShutdownTimeoutMs: 5000,
    };
    const logFile = join(directory, 'vault.log');
    const log = openSync(logFile, 'a');
    const child = spawn(...endingWithUs(process.execPath, [join(repository, 'dist/apps/key-vault/main.js')]), {
      cwd: repository,
      env: { ...process.env, ...environment, RCS_CONFIG: file('application.yaml', stringify(configuration)) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const vault = new RunningVault(
      child,
      `localhost:${port}`,
      `http://127.0.0.1:${managementPort}`,
      logFile,
      join(directory, 'key-uses.jsonl'),
    );
    try {
      await waitFor('the vault to listen', async () => {
        if (vault.ended) throw new Error(`the vault ended at once:\n${vault.log()}`);
        // It answers when everything else has begun.
        return (await vault.status('/health/live')) === 200;
      });
      return vault;
    } catch (error) {
      await vault.stop();
      throw error;
    }
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the vault was not started');
    return this.child.pid;
  }

  /** The processes that it has started and that run: those of its PKCS#11 modules. */
  children(): number[] {
    const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
    return all.map(Number).filter(pid => parentOf(pid) === this.pid);
  }

  /** The signal that ended it, or its exit status. */
  get end(): string | number | null {
    return this.child.signalCode ?? this.child.exitCode;
  }

  endpoint(identity: InternalIdentity): KeyVaultEndpoint {
    return new KeyVaultEndpoint(this.address, { current: identity });
  }

  /** The records of what was done with keys. */
  keyUses(): KeyUseRecord[] {
    const lines = readFileSync(this.journalFile, 'utf8').split('\n').slice(0, -1);
    return lines.map(line => JSON.parse(line) as JournalRecord).filter(record => record.event === 'key-use');
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** HTTP status of a path of the management server; 0 when it does not answer. */
  async status(path: string): Promise<number> {
    try {
      const response = await fetch(`${this.managementUrl}${path}`, { signal: AbortSignal.timeout(5000) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async metrics(): Promise<string> {
    const response = await fetch(`${this.managementUrl}/metrics`, { signal: AbortSignal.timeout(10_000) });
    return response.text();
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    // One that stands is killed, which is what some tests make of it.
    await endChild('the vault', this.child, 'SIGTERM', stopTimeoutMs).catch(() =>
      endChild('the vault', this.child, 'SIGKILL'),
    );
  }
}

/** Undefined when it has ended meanwhile (proc(5), `stat`, field 4). */
function parentOf(pid: number): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[1],
    );
  } catch {
    return undefined;
  }
}
