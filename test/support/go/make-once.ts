import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';

/** Makes a directory once, in one step for all who look: of several that make it at the same time the first one's is kept. */
export async function makeOnce(directory: string, fill: (unfinished: string) => Promise<void>): Promise<string> {
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await fill(unfinished);
    keep(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return directory;
}

function keep(unfinished: string, directory: string): void {
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  }
}
