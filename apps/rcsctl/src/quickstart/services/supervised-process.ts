import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { endingWithUs } from '#platform';

export interface ProcessDefinition {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Standard output and error go here. */
  readonly logFile: string;
  /** Resolves when the process does its work; asked again and again until then. */
  readonly isReady: () => Promise<boolean>;
  readonly startTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
}

const pollIntervalMs = 50;
const defaultStartTimeoutMs = 30_000;
const defaultStopTimeoutMs = 10_000;
const quotedLogLines = 8;

/** A child process that is known to work, or known to have ended. Output goes to a log file. */
export class SupervisedProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly definition: ProcessDefinition,
    /** Bytes of the log file that are of processes before. */
    private readonly earlierLog: number,
    readonly exited: Promise<string>,
  ) {}

  /** Starts and waits until it is ready. @throws Error with the last lines that it logged. */
  static async start(definition: ProcessDefinition): Promise<SupervisedProcess> {
    const log = openSync(definition.logFile, 'a', 0o600);
    const { size: earlierLog } = fstatSync(log);
    const child = spawn(...endingWithUs(definition.program, definition.args), {
      cwd: definition.workingDirectory,
      env: { ...definition.environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const exited = new Promise<string>(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code ?? 0}` : `signal ${signal}`));
    });
    const supervised = new SupervisedProcess(definition.name, child, definition, earlierLog, exited);
    try {
      await supervised.ready();
      return supervised;
    } catch (error) {
      await supervised.stop();
      throw error;
    }
  }

  /** Another process in the place of this one, which has ended. */
  again(): Promise<SupervisedProcess> {
    return SupervisedProcess.start(this.definition);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined;
  }

  /** SIGTERM, and SIGKILL when that does not help in time. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.definition.stopTimeoutMs ?? defaultStopTimeoutMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Ends it at once, as a crash would. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private async ready(): Promise<void> {
    const end = performance.now() + (this.definition.startTimeoutMs ?? defaultStartTimeoutMs);
    let ended: string | undefined;
    void this.exited.then(how => {
      ended = how;
    });
    while (!(await this.definition.isReady())) {
      if (ended !== undefined) throw new Error(`${this.name} ended at once (${ended})${this.lastLines()}`);
      if (performance.now() > end) throw new Error(`${this.name} did not become ready in time${this.lastLines()}`);
      await new Promise(resolve => setTimeout(resolve, pollIntervalMs));
    }
  }

  private lastLines(): string {
    const logged = readFileSync(this.definition.logFile).subarray(this.earlierLog).toString().trimEnd();
    if (logged === '') return `; it wrote nothing into ${this.definition.logFile}`;
    return `; the end of ${this.definition.logFile}:\n${logged.split('\n').slice(-quotedLogLines).join('\n')}`;
  }
}
