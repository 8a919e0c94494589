import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { endChild } from '#test/waiting/end-child.js';
import { waitFor } from '#test/waiting/wait-for.js';

const connectTimeoutMs = 5000;

/** A program that serves on a port of the loopback interface; it can end, and begin again in the same place. */
export class LoopbackServer {
  private child: ChildProcess | undefined;

  constructor(
    private readonly name: string,
    private readonly port: number,
    private readonly launch: () => ChildProcess,
  ) {}

  /** The process, undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** @throws Error when it ends at once, or takes no connections */
  async begin(): Promise<void> {
    const child = this.launch();
    this.child = child;
    await waitFor(`${this.name} to take connections`, () => {
      if (child.exitCode !== null) throw new Error(`${this.name} ended with status ${child.exitCode}`);
      return accepts(this.port);
    });
  }

  /** What it keeps in files stays. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child !== undefined) await endChild(this.name, child, signal);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectTimeoutMs) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
