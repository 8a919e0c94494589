import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs } from '#platform';

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

/** One process of a service that runs more than once; it can be stopped and started again in the same place. */
export class Replica {
  private child: ChildProcess | undefined;
  private ended: Promise<number | string> = Promise.resolve(0);

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
    this.ended = new Promise(resolve => child.once('exit', (code, signal) => resolve(code ?? signal ?? -1)));
    const end = Date.now() + readyTimeoutMs;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`${this.definition.name} ended at once; see ${logFile}`);
      if (Date.now() > end) throw new Error(`${this.definition.name} does not become ready; see ${logFile}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.definition.management}/health/ready`)).status === 200;
    } catch {
      return false;
    }
  }

  /** The value of a metric without labels but the service's, 0 when it is not there. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.definition.management}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  }

  /** SIGTERM. Answers the exit status, or the name of the signal that ended it. */
  async stop(): Promise<number | string> {
    this.child?.kill('SIGTERM');
    return this.ended;
  }
}
