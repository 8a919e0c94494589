import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { processIdOf } from './process-id.js';

/** File descriptors that the services of a running cluster have open, all together. */
export function openDescriptors(dataDirectory: string): number {
  const services = readdirSync(join(dataDirectory, 'logs'))
    .filter(name => /^(?:playback-gateway|decrypt-worker|key-vault).*\.log$/.test(name))
    .map(name => name.replace(/\.log$/, ''));
  if (services.length === 0) throw new Error(`no logs of services in ${dataDirectory}`);
  const descriptors = services.map(service => readdirSync(`/proc/${processIdOf(service, dataDirectory)}/fd`).length);
  return descriptors.reduce((sum, count) => sum + count, 0);
}
