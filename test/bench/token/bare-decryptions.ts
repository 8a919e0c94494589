import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Where a token lies. */
export interface TokenPlace {
  readonly modulePath: string;
  readonly label: string;
  readonly pin: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What came of a run. */
export interface Speed {
  readonly perSecond: number;
  /** Of all processes and threads that took part. */
  readonly cpuMicroseconds: number;
}

const repository = process.cwd();

/** The program of bare-decryptions.c, which has logged in and waits for work. */
export class BareDecryptions {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;
  private readonly lines: Interface;

  /** @param processes `apart`: the module in a process of its own, with the least around it that there can be. */
  constructor({ modulePath, label, pin, environment }: TokenPlace, processes: 'one' | 'apart') {
    this.child = spawn(compiled(), [modulePath, label, pin, processes], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.child.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  async run(keyId: Buffer, count: number, threads: number): Promise<Speed> {
    this.child.stdin.write(`${count} ${threads} ${keyId.toString('hex')}\n`);
    const { value, done } = await this.answers.next();
    if (done === true) throw new Error('the bare program ended');
    const [perSecond = NaN, cpuMicroseconds = NaN] = value.split(' ').map(Number);
    return { perSecond, cpuMicroseconds };
  }

  end(): void {
    this.child.stdin.end();
    this.lines.close();
  }
}

function compiled(): string {
  const program = join(repository, '.cache/bench/bare-decryptions');
  const headers = join(dirname(require.resolve('pkcs11js/package.json')), 'includes/pkcs11');
  const source = join(repository, 'test/bench/token/bare-decryptions.c');
  mkdirSync(dirname(program), { recursive: true });
  execFileSync('gcc', ['-O2', `-I${headers}`, '-o', program, source, '-ldl', '-lpthread']);
  return program;
}
