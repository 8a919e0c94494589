import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A random secret in a file that only its owner can read; made at the first start, the same at every further one. */
export interface SecretFile {
  readonly file: string;
  readonly value: string;
}

export function secretFile(directory: string, name: string, bytes = 18): SecretFile {
  const file = join(directory, name);
  if (!existsSync(file)) writeFileSync(file, randomBytes(bytes).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return { file, value: readFileSync(file, 'utf8') };
}
