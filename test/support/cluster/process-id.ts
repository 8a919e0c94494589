import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process id of a service of a running cluster, from the last whole line of its log that says that it started. */
export function processIdOf(service: string, dataDirectory: string): number {
  const lines = readFileSync(join(dataDirectory, 'logs', `${service}.log`), 'utf8')
    .split('\n')
    .slice(0, -1);
  const started = lines.filter(line => line.includes('"msg":"started"')).at(-1);
  if (started === undefined) throw new Error(`${service} has not started`);
  return (JSON.parse(started) as { pid: number }).pid;
}
