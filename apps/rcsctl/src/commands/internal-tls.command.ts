import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { serviceRoles } from '#platform';
import { internalAuthority } from '../quickstart/internal-authority.js';
import { print } from '../terminal/print.js';

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
      'names beside localhost and that of the service under which services are reached',
      [],
    )
    .option('--json', 'JSON for programs')
    .action(async ({ directory, dnsName, json }: Options) => {
      const target = resolve(directory);
      mkdirSync(target, { recursive: true, mode: 0o700 });
      const { caFile, services } = await internalAuthority(target, [...serviceRoles, ...dnsName]);
      print(json === true, { caFile, services }, () => `certificates of ${serviceRoles.join(', ')} in ${target}`);
    });
}
