import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { endingWithUs } from '#platform';
import { endChild } from '../../support/waiting/end-child.js';

export interface PacedListenersOptions {
  /** Base URL of the gateway, on this machine. */
  readonly gateway: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly count: number;
  readonly bytesPerSecond: number;
  /** In which all of them begin, one after the other. */
  readonly rampSeconds: number;
}

/** What is told each second, of all listeners together since they began. */
export interface Heard {
  readonly listening: number;
  readonly failures: number;
  readonly bytes: number;
  /** Times that a listener had nothing left to hear. */
  readonly gaps: number;
}

const repository = process.cwd();

/** The program of paced-listeners.c: a listener in Node would cost more than one of ours. */
export class PacedListeners {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private last: Heard = { listening: 0, failures: 0, bytes: 0, gaps: 0 };

  constructor({ gateway, headers, paths, count, bytesPerSecond, rampSeconds }: PacedListenersOptions) {
    const { protocol, port } = new URL(gateway);
    const shape = [port, count, bytesPerSecond, rampSeconds, protocol === 'https:' ? 'tls' : 'plain'].map(String);
    this.child = spawn(...endingWithUs(compiled(), shape), { stdio: ['pipe', 'pipe', 'inherit'] });
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    this.child.stdin.end(`${fields.join('\r\n')}\n${paths.join('\n')}\n`);
    createInterface({ input: this.child.stdout }).on('line', line => {
      const [listening = NaN, failures = NaN, bytes = NaN, gaps = NaN] = line.split(' ').map(Number);
      this.last = { listening, failures, bytes, gaps };
    });
  }

  /** As it was a second ago at most. */
  get heard(): Heard {
    return this.last;
  }

  stop(): Promise<void> {
    return endChild('the listeners', this.child);
  }
}

function compiled(): string {
  const program = join(repository, '.cache/bench/paced-listeners');
  mkdirSync(join(repository, '.cache/bench'), { recursive: true });
  const source = join(repository, 'test/bench/playback/paced-listeners.c');
  execFileSync('gcc', ['-O2', '-o', program, source, '-lssl', '-lcrypto']);
  return program;
}
