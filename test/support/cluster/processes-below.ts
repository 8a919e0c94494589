import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Process ids of everything that runs with this directory in its command line, environment or as its place. */
export function processesBelow(directory: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => pid !== process.pid && mentions(pid, directory));
}

function mentions(pid: number, directory: string): boolean {
  const sources = [
    () => readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    () => readFileSync(`/proc/${pid}/environ`, 'utf8'),
    () => readlinkSync(`/proc/${pid}/cwd`),
  ];
  return sources.some(read => {
    try {
      return read().includes(directory);
    } catch {
      // It ended meanwhile, or belongs to somebody else.
      return false;
    }
  });
}
