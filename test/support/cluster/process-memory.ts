import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const chunkBytes = 8 * 1024 * 1024;

/**
 * How often each of the needles stands in the memory of a process: everything that it can read itself, or what it has written
 * there alone, which spares the programs and libraries that it was loaded from.
 */
export function countInMemory(
  pid: number,
  needles: Readonly<Record<string, Buffer>>,
  { writtenAlone = false }: { readonly writtenAlone?: boolean } = {},
): Record<string, number> {
  const counts = Object.fromEntries(Object.keys(needles).map(name => [name, 0]));
  const overlap = Math.max(...Object.values(needles).map(({ length }) => length)) - 1;
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const chunk = Buffer.alloc(chunkBytes + overlap);
  try {
    for (const { start, end } of areasOf(pid, writtenAlone)) {
      for (let at = start; at < end; at += chunkBytes) {
        const length = read(memory, chunk, at, Math.min(end - at, chunkBytes + overlap));
        for (const [name, needle] of Object.entries(needles)) {
          counts[name] = (counts[name] ?? 0) + occurrences(chunk.subarray(0, length), needle);
        }
      }
    }
  } finally {
    closeSync(memory);
  }
  return counts;
}

function areasOf(pid: number, writtenAlone: boolean): { start: number; end: number }[] {
  const areas: { start: number; end: number }[] = [];
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, start, end, write, name = ''] = /^([0-9a-f]+)-([0-9a-f]+) r(\S)\S+ \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
    if (writtenAlone && write !== 'w') continue;
    // The kernel's own pages cannot be read from outside.
    if (start === undefined || end === undefined || name === '[vvar]' || name === '[vsyscall]') continue;
    areas.push({ start: parseInt(start, 16), end: parseInt(end, 16) });
  }
  return areas;
}

/** Areas may go while they are read. */
function read(memory: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch {
    return 0;
  }
}

function occurrences(bytes: Buffer, needle: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) count++;
  return count;
}
