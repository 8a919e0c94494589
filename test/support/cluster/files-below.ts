import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of all plain files in a directory and in those in it. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return statSync(path).isFile() ? [path] : [];
  });
}
