import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { reservePort } from '#platform';

const names = [
  'gateway',
  'gatewayManagement',
  'vault',
  'vaultManagement',
  'vault2',
  'vault2Management',
  'worker1',
  'worker1Management',
  'worker2',
  'worker2Management',
  'redis',
  'webdav',
] as const;

export type Ports = Readonly<Record<(typeof names)[number], number>>;

/** Free ports for all processes: those of the last start where they are still free, so that URLs stay the same. */
export async function choosePorts(file: string): Promise<Ports> {
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>) : {};
  const chosen: Partial<Record<(typeof names)[number], number>> = {};
  for (const name of names) {
    chosen[name] = await reservePort(last[name]);
  }
  writeFileSync(file, JSON.stringify(chosen));
  return chosen as Ports;
}
