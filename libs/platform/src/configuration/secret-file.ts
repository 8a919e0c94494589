import { readFileSync } from 'node:fs';

/** The content of a secret file without its final line end. */
export function readSecretFile(path: string): string {
  return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}
