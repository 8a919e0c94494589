import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { endChild } from '../waiting/end-child.js';
import { waitFor } from '../waiting/wait-for.js';
import { isReady, metricsOf } from './management-page.js';

export interface ReplicaDefinition {
  readonly name: string;
  readonly role: 'playback-gateway' | 'decrypt-worker' | 'key-vault';
  readonly repository: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Base URL of its management port. */
  readonly management: string;
  readonly logFile: string;
}

const readyTimeoutMs = 120_000;
/** A gateway ends after the last of its playbacks. */
const stopTimeoutMs = 330_000;

/** One process of a service that runs more than once; it can be stopped and started again in the same place. */
export class Replica {
  private child: ChildProcess | undefined;

  constructor(readonly definition: ReplicaDefinition) {}

  async start(): Promise<void> {
    const { repository, role, environment, logFile } = this.definition;
    const log = openSync(logFile, 'a');
    const child = spawn(...endingWithUs(process.execPath, [join(repository, 'dist/apps', role, 'main.js')]), {
      env: { ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    const { name } = this.definition;
    const isUp = (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`${name} ended at once: ${lastLineOf(logFile)}`);
      return this.isReady();
    };
    await waitFor(`${name} to be ready; see ${logFile}`, isUp, { patienceMs: readyTimeoutMs });
  }

  isReady(): Promise<boolean> {
    return isReady(this.definition.management);
  }

  /** The value of a metric without labels but the service's, 0 when it is not there. */
  async metric(name: string): Promise<number> {
    const text = await metricsOf(this.definition.management);
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.child !== undefined) await endChild(this.definition.name, this.child, 'SIGKILL');
  }

  /** SIGTERM. Answers the exit status, or the name of the signal that ended it. */
  async stop(): Promise<number | string> {
    const { child } = this;
    if (child === undefined) return 0;
    await endChild(this.definition.name, child, 'SIGTERM', stopTimeoutMs);
    return child.exitCode ?? child.signalCode ?? -1;
  }
}

/** The log goes with its test. */
const lastLineOf = (logFile: string): string => readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
