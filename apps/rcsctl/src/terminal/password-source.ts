import { readFileSync } from 'node:fs';
import { readSecret } from './read-secret.js';

/** Where a password may come from, the first that is there. Never the command line itself: every user could read it. */
export interface PasswordSource {
  readonly file?: string | undefined;
  /** Name of an environment variable. */
  readonly environmentVariable: string;
  /** Asked on a terminal. */
  readonly question: string;
}

/**
 * The password out of a file (without its last line end), the environment, or a terminal.
 * @returns undefined when there is none of the three, or nothing was typed.
 */
export async function readPassword(source: PasswordSource): Promise<string | undefined> {
  if (source.file !== undefined) return readPasswordFile(source.file);
  // eslint-disable-next-line no-restricted-properties -- a secret of the command line alone
  const fromEnvironment = process.env[source.environmentVariable];
  if (fromEnvironment !== undefined) return fromEnvironment;
  return process.stdin.isTTY ? readSecret(source.question) : undefined;
}

export function readPasswordFile(file: string): string {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}
