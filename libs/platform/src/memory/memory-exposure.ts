import { readFileSync } from 'node:fs';
import type { Logger } from '../logging/logger.js';
import { allocatorSettings } from './allocator-settings.js';
import { isOverwrittenWhenFreed } from './overwritten-when-freed.js';

/** A way in which the memory of this process, where keys pass through, may reach a disk. */
export interface MemoryExposure {
  readonly risk: 'core-dump' | 'swap';
  readonly advice: string;
}

/** What the kernel tells of the process and the machine; each text is empty where there is no such file. */
export interface KernelFacts {
  /** /proc/self/limits */
  readonly limits: string;
  /** /proc/swaps */
  readonly swaps: string;
  /** memory.swap.max of the control group; `0` where the process may not swap. */
  readonly swapMaximum: string;
}

/** Encrypted swap cannot be told from other; the advice names it. */
export function memoryExposures({ limits, swaps, swapMaximum }: KernelFacts): MemoryExposure[] {
  const exposures: MemoryExposure[] = [];
  const [, coreLimit] = /^Max core file size +(\S+)/m.exec(limits) ?? [];
  if (coreLimit !== undefined && coreLimit !== '0') {
    exposures.push({ risk: 'core-dump', advice: 'turn core dumps off: ulimit -c 0, LimitCORE=0, or --ulimit core=0' });
  }
  const devices = swaps.split('\n').filter(line => line.trim() !== '').length - 1;
  if (devices > 0 && swapMaximum.trim() !== '0') {
    exposures.push({
      risk: 'swap',
      advice: 'run without swap (MemorySwapMax=0, or --memory-swap equal to --memory), or encrypt it',
    });
  }
  return exposures;
}

/** Of this process, as it is now. */
export function readKernelFacts(): KernelFacts {
  return {
    limits: textOf('/proc/self/limits'),
    swaps: textOf('/proc/swaps'),
    swapMaximum: textOf('/sys/fs/cgroup/memory.swap.max'),
  };
}

/** Says at start how what passes through this process may reach a disk, or stay in freed memory, and what to do about it. */
export function warnOfMemoryExposure(logger: Logger, what: string): void {
  for (const exposure of memoryExposures(readKernelFacts()))
    logger.warn(exposure, `${what} in memory may reach a disk`);
  if (!isOverwrittenWhenFreed()) logger.warn(keptMemory, `${what} may stay in freed memory until this process ends`);
}

const keptMemory = {
  risk: 'freed-memory',
  advice: `start the service by the script recording-crypto-server, or with GLIBC_TUNABLES=${allocatorSettings.GLIBC_TUNABLES}`,
} as const;

/** Other systems have no such files. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
