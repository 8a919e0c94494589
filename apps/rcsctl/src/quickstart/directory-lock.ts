import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes a data directory for this process.
 * @throws Error when another quickstart that still runs has it.
 */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'quickstart.pid');
  const holder = readHolder(file);
  if (holder !== undefined && isQuickstart(holder)) {
    throw new Error(
      `${directory} is in use by a quickstart with process id ${holder}: end it, or choose another --data-dir`,
    );
  }
  writeFileSync(file, String(process.pid), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Process ids are used again, after a restart of the machine for instance: only a quickstart can hold the directory. */
function isQuickstart(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('quickstart');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return false;
    throw error;
  }
}
