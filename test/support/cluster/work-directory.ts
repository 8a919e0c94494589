import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const room = 1024 ** 3;
/** Linux, statfs(2). */
const tmpfs = 0x01021994;

/**
 * Makes a directory for the data of a cluster that writes much and keeps little: in memory where there is plenty of it.
 * Every record of the audit and of key uses, and every object of the token, is waited for until the disk has it. Processes
 * that are killed lose no more in memory than on a disk; only the machine itself would.
 */
export function workDirectory(prefix: string): string {
  return mkdtempSync(join(hasRoomInMemory() ? memory : tmpdir(), prefix));
}

function hasRoomInMemory(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(memory);
    return type === tmpfs && bavail * bsize >= room && process.availableMemory() >= 2 * room;
  } catch {
    return false;
  }
}
