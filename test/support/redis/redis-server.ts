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

  static async start(port?: number): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-redis-'));
    const listening = port ?? (await reservePort());
    const options = ['--port', `${listening}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory];
    const child = spawn(...endingWithUs('redis-server', options), { stdio: ['ignore', 'pipe', 'inherit'] });
    await within('redis-server to be ready', readyLine(child.stdout));
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`redis-server ended with status ${child.exitCode}`);
    return new RedisServer(child, directory, listening);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await endChild('redis-server', this.process, 'SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Comes to its end, too, when the server ends without one. */
async function readyLine(output: Readable): Promise<void> {
  for await (const line of createInterface({ input: output })) if (line.includes('Ready to accept connections')) return;
}
