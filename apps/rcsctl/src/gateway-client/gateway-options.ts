import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { certificatesIn, ConfigurationError, type Configuration } from '#platform';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { readPasswordFile } from '../terminal/password-source.js';
import { GatewayClient, type GatewayAccess } from './gateway-client.js';

/** Options by which a command is told its gateway. */
export interface GatewayOptions extends ConfigurationOptions {
  readonly gateway?: string;
  readonly ca?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
}

export function withGatewayOptions(command: Command): Command {
  return withConfiguration(
    command
      .option('--gateway <url>', 'gateway; rcsctl.gateway of the configuration when absent')
      .option('--ca <file>', "authority of the gateway's certificate, PEM")
      .option('--user <name>', 'who asks')
      .option('--password-file <file>', 'file with the password'),
  ).option('--json', 'JSON for programs');
}

/** Options first, then the configuration. @throws ConfigurationError naming `purpose` when both are silent. */
export function gatewayAccess({ rcsctl }: Configuration, options: GatewayOptions, purpose: string): GatewayAccess {
  const configured = rcsctl?.gateway;
  const url = options.gateway ?? configured?.url;
  const userName = options.user ?? configured?.userName;
  const password = options.passwordFile === undefined ? configured?.password : readPasswordFile(options.passwordFile);
  if (url === undefined || userName === undefined || password === undefined) {
    throw new ConfigurationError(
      `${purpose} a gateway is needed: configure rcsctl.gateway, or name --gateway, --user and --password-file`,
    );
  }
  const caFile = options.ca ?? configured?.caFile;
  const caPem = caFile === undefined ? undefined : authorityIn(caFile, options.ca === undefined);
  return { url, userName, password, caPem };
}

/** @throws ConfigurationError for a file without a certificate, or not whole: TLS would only say that it trusts nobody. */
function authorityIn(file: string, isConfigured: boolean): string {
  const pem = readFileSync(file);
  const option = isConfigured ? 'rcsctl.gateway.caFile' : '--ca';
  if (/-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/.test(pem.toString('latin1')))
    return certificatesIn(pem, option, file).toString();
  const advice = 'name the PEM file of the authority';
  throw new ConfigurationError(`option ${option}: ${file} has no certificate in it: ${advice}`);
}

/** Runs `work` with a client of the gateway of the options; `purpose` says what for. */
export async function withGateway<T>(
  options: GatewayOptions,
  purpose: string,
  work: (gateway: GatewayClient, access: GatewayAccess) => Promise<T>,
): Promise<T> {
  const access = gatewayAccess(readConfiguration(options.config), options, purpose);
  const gateway = new GatewayClient(access);
  try {
    return await work(gateway, access);
  } finally {
    await gateway.close();
  }
}
