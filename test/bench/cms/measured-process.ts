import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { within } from '../../support/waiting/within.js';

export interface MeasuredProcess {
  readonly seconds: number;
  /** Largest resident size, bytes. */
  readonly peakBytes: number;
}

/** A slow library takes minutes for a large file. */
const patienceMs = 1_800_000;
const pollMs = 5;

/** Runs a program to its end. Its peak is read from /proc while it runs, in the same way whatever program it is. */
export async function measureProcess(program: string, args: readonly string[]): Promise<MeasuredProcess> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterMark(child.pid));
  }, pollMs);
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.on('exit', resolve);
    });
    const status = await within(`the end of ${program}`, ended, patienceMs);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
    return { seconds: (performance.now() - started) / 1000, peakBytes };
  } finally {
    clearInterval(watch);
  }
}

/** VmHWM of a process, bytes; 0 when it has ended. */
export function highWaterMark(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 'self'}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
