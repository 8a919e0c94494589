import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endingWithUs } from '#platform';

/** A TypeScript program of this folder in a process of its own, and the lines it has written so far. */
export class ChildProgram {
  readonly lines: string[] = [];
  private readonly process: ChildProcess;
  private readonly ended: Promise<unknown>;
  private newLine: () => void = () => undefined;

  constructor(source: string, programArguments: readonly string[]) {
    const loader = join(__dirname, 'typescript-loader.cjs');
    const command = ['--require', loader, join(__dirname, source), ...programArguments];
    this.process = spawn(...endingWithUs(process.execPath, command), { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = once(this.process, 'close');
    const { stdout } = this.process;
    if (stdout === null) throw new Error('the output of the process is a pipe');
    createInterface({ input: stdout }).on('line', line => {
      this.lines.push(line);
      this.newLine();
    });
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  /** Resolves when `condition` holds for the lines from `start` on; rejects when the program ends before. */
  async until(condition: (lines: readonly string[]) => boolean, start = 0): Promise<void> {
    const end = this.ended.then(() => true);
    while (!condition(this.lines.slice(start))) {
      const newLine = new Promise<boolean>(resolve => {
        this.newLine = () => resolve(false);
      });
      if (await Promise.race([newLine, end])) throw new Error(`the program ended after ${this.lines.length} lines`);
    }
  }

  /** SIGKILL: nothing of the process has a chance to finish. Resolves when all its output was read. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}
