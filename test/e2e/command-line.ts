import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { within } from '#test/waiting/within.js';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Larger files than those of tests would take longer. */
const timeoutMs = 300_000;
const program = join(__dirname, '../../dist/apps/rcsctl/main.js');

/** Starts `rcsctl` as somebody at a terminal does who has the configuration of a cluster. */
export function startRcsctl(configuration: string, ...args: readonly string[]): ChildProcess {
  return spawn(...endingWithUs(process.execPath, [program, ...args]), {
    env: { ...process.env, RCS_CONFIG: configuration },
  });
}

export function rcsctl(configuration: string, ...args: readonly string[]): Promise<CommandResult> {
  return resultOf(startRcsctl(configuration, ...args));
}

export function resultOf(child: ChildProcess): Promise<CommandResult> {
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.on('close', code => resolve({ status: code ?? -1, stdout: stdout(), stderr: stderr() }));
  });
  return within(child.spawnargs.join(' '), result, timeoutMs).finally(() => child.kill('SIGKILL'));
}

function collected(stream: NodeJS.ReadableStream | null): () => string {
  const pieces: Buffer[] = [];
  stream?.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}
