import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The time of its tests on a busy machine: a Java program starts for every step. */
export const keytoolTimeoutMs = 120_000;

/** Runs Java's own keytool in a directory; keystores made by it are strangers to this code. */
export function keytool(directory: string, ...parameters: string[]): string {
  const program = ['/usr/bin/keytool', '/usr/local/bin/keytool'].find(path => existsSync(path)) ?? 'keytool';
  return execFileSync(program, parameters, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  });
}
