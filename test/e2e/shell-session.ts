import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { endingWithUs } from '#platform';
import { within } from '#test/waiting/within.js';

/** A terminal somebody types into: what one command sets, the next one finds. The first that fails ends it. */
export class ShellSession {
  private readonly shell: ChildProcess;
  private output = '';
  private changed: () => void = () => undefined;

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.shell = spawn(...endingWithUs('bash', ['-eu', '-o', 'pipefail']), { cwd: directory, env: environment });
    for (const stream of [this.shell.stdout, this.shell.stderr]) {
      stream?.on('data', (piece: Buffer) => {
        this.output += piece.toString();
        this.changed();
      });
    }
    this.shell.on('close', () => this.changed());
  }

  /** @returns what was printed. @throws Error with it, when a command failed or did not end in time. */
  async run(commands: string, timeoutMs: number): Promise<string> {
    const timer = setTimeout(() => this.shell.kill('SIGKILL'), timeoutMs);
    try {
      return await this.type(commands);
    } finally {
      clearTimeout(timer);
    }
  }

  private async type(commands: string): Promise<string> {
    if (this.hasEnded) throw new Error('an earlier command failed');
    const end = `end of ${randomUUID()}`;
    this.output = '';
    this.shell.stdin?.write(`${commands}\necho "${end}"\n`);
    while (!this.output.includes(end)) {
      if (this.hasEnded) throw new Error(`${commands}\n\nfailed:\n${this.output}`);
      await new Promise<void>(resolve => (this.changed = resolve));
    }
    return this.output.slice(0, this.output.indexOf(end));
  }

  private get hasEnded(): boolean {
    return this.shell.exitCode !== null || this.shell.signalCode !== null;
  }

  async close(): Promise<void> {
    if (this.hasEnded) return;
    const closed = within('the end of the shell', new Promise(resolve => this.shell.once('close', resolve)));
    this.shell.stdin?.end();
    await closed;
  }
}
