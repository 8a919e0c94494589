import { join } from 'node:path';

/** Where the build puts what it compiles of `native/idle-memory.c`, seen from here and from what is compiled of this. */
export const compiled = join(
  __dirname,
  __filename.endsWith('.ts') ? '../../../dist/libs/idle-memory' : '..',
  'idle-memory.node',
);

interface NativeMemory {
  trim(): boolean;
  dropProgram(smapsPath: string): number;
}

/** What a process has given back. */
export interface GivenBack {
  /** Whether heaps of the allocator had something to give. */
  readonly heaps: boolean;
  /** Of Node's own file, KiB that were mapped. */
  readonly programKiB: number;
  /** Why none of it. */
  readonly problem?: string;
}

/**
 * Gives free pieces of the allocator's heaps back to the system, and lets go of the pages of Node's own file, most of which
 * were needed once: the page cache has them still, and what is needed comes back from there. For the whole process.
 * @param native what is written in C
 * @param smaps what the kernel tells of the mappings of this process; without it heaps are given back alone
 * @throws Error where the native part cannot be loaded; the process is as before
 */
export function giveBack(native = compiled, smaps = '/proc/self/smaps'): GivenBack {
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, native);
  const memory = module.exports as NativeMemory;
  const heaps = memory.trim();
  try {
    return { heaps, programKiB: memory.dropProgram(smaps) };
  } catch (error) {
    return { heaps, programKiB: 0, problem: String(error) };
  }
}
