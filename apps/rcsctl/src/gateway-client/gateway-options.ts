import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ConfigurationError, type Configuration } from '#platform';
import type { GatewayAccess } from './gateway-client.js';

/** Options by which a command is told its gateway. */
export interface GatewayOptions {
  readonly gateway?: string;
  readonly ca?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly config?: string;
}

export function withGatewayOptions(command: Command): Command {
  return command
    .option('--gateway <url>', 'gateway; rcsctl.gateway of the configuration when absent')
    .option('--ca <file>', "authority of the gateway's certificate, PEM")
    .option('--user <name>', 'who asks')
    .option('--password-file <file>', 'file with the password')
    .option('--config <file>', 'configuration with the section rcsctl; RCS_CONFIG when absent');
}

/** Options first, then the configuration. @throws ConfigurationError naming `purpose` when both are silent. */
export function gatewayAccess({ rcsctl }: Configuration, options: GatewayOptions, purpose: string): GatewayAccess {
  const configured = rcsctl?.gateway;
  const url = options.gateway ?? configured?.url;
  const userName = options.user ?? configured?.userName;
  const password =
    options.passwordFile === undefined
      ? configured?.password
      : readFileSync(options.passwordFile, 'utf8').replace(/\r?\n$/, '');
  if (url === undefined || userName === undefined || password === undefined) {
    throw new ConfigurationError(
      `${purpose} a gateway is needed: configure rcsctl.gateway, or name --gateway, --user and --password-file`,
    );
  }
  const caFile = options.ca ?? configured?.caFile;
  return { url, userName, password, caPem: caFile === undefined ? undefined : readFileSync(caFile, 'utf8') };
}
