import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { serviceRoles } from '#platform';
import { internalAuthority } from '../quickstart/internal-authority.js';
import { lacking } from '../quickstart/service-names.js';
import { print, warn } from '../terminal/print.js';

interface Options {
  readonly directory: string;
  readonly dnsName: readonly string[];
  readonly json?: boolean;
}

/** `rcsctl internal-tls`: the certificates with which the services of one cluster know each other. */
export function internalTlsCommand(program: Command): void {
  program
    .command('internal-tls')
    .description('make an internal authority and a certificate for every service; what is there already stays')
    .requiredOption('--directory <directory>', 'where ca.pem and the certificates and keys of all services go')
    .option(
      '--dns-name <name...>',
      'names and addresses beside localhost and the names of the services under which services are reached',
      [],
    )
    .option('--json', 'JSON for programs')
    .action(async ({ directory, dnsName, json }: Options) => {
      const target = resolve(directory);
      mkdirSync(target, { recursive: true, mode: 0o700 });
      const names = [...serviceRoles, ...dnsName];
      const { caFile, services, server } = await internalAuthority(target, names);
      for (const problem of lacking([...Object.values(services), server], names)) {
        warn(
          `${problem}; what is there stays, and the key of its authority is gone: make all anew in another directory`,
        );
      }
      print(json === true, { caFile, services }, () => `certificates of ${serviceRoles.join(', ')} in ${target}`);
    });
}
