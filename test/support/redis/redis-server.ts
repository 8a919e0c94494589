import { endingWithUs, reservePort } from '#platform';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endChild } from '../waiting/end-child.js';
import { within } from '../waiting/within.js';

/** A real redis-server on a free port of the loopback interface, without persistence. */
export class RedisServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly port: number,
  ) {}

  /** @param options of its command line, in pairs */
  static async start(port?: number, options: readonly string[] = []): Promise<RedisServer> {
    const listening = port ?? (await reservePort());
    return RedisServer.run(listening, ['--port', `${listening}`, ...options]);
  }

  /** Over TLS, or as a sentinel, by options that say where it listens. @param file a configuration file that comes first */
  static async run(port: number, options: readonly string[], file?: string): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-redis-'));
    const own = ['--bind', '127.0.0.1', '--dir', directory, ...options];
    const args = file === undefined ? ['--save', '', ...own] : [file, ...own];
    const child = spawn(...endingWithUs('redis-server', args), { stdio: ['ignore', 'pipe', 'inherit'] });
    await within('redis-server to be ready', readyLine(child.stdout));
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`redis-server ended with status ${child.exitCode}`);
    return new RedisServer(child, directory, port);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** As if it hung: its connections stay, and nothing answers on them. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(name);
  }

  /** SIGKILL: what it has is gone. */
  async stop(): Promise<void> {
    await endChild('redis-server', this.process, 'SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Comes to its end, too, when the server ends without one. */
async function readyLine(output: Readable): Promise<void> {
  for await (const line of createInterface({ input: output }))
    if (/Ready to accept connections|Sentinel ID is/.test(line)) return;
}
