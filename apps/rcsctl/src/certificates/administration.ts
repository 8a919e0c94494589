import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GatewayClient } from '../gateway-client/gateway-client.js';

/** How every command reaches the gateway. */
export interface AccessOptions {
  readonly gateway: string;
  readonly ca?: string;
  readonly user: string;
  readonly passwordFile: string;
  readonly json?: boolean;
}

export function withAccess(command: Command): Command {
  return command
    .requiredOption('--gateway <url>', 'gateway')
    .option('--ca <file>', "authority of the gateway's certificate, PEM")
    .requiredOption('--user <name>', 'administrator of certificates')
    .requiredOption('--password-file <file>', 'file with the password of the administrator')
    .option('--json', 'machine-readable output');
}

/** Runs `work` with a client of the gateway. */
export async function administering<T>(
  options: AccessOptions,
  work: (gateway: GatewayClient) => Promise<T>,
): Promise<T> {
  const gateway = new GatewayClient({
    url: options.gateway,
    caPem: options.ca === undefined ? undefined : readFileSync(options.ca, 'utf8'),
    userName: options.user,
    password: firstLine(options.passwordFile),
  });
  try {
    return await work(gateway);
  } finally {
    await gateway.close();
  }
}

/** A secret in a file, without the line end that editors leave. */
export const firstLine = (file: string): string => readFileSync(file, 'utf8').replace(/\r?\n$/, '');

export const certificatePath = (alias: string): string => `/rcs/certificates/${encodeURIComponent(alias)}`;

/** The IVR profile of this name, or the screens of the contact center where none is named. */
export const assignmentPath = (profile: string | undefined): string =>
  profile === undefined
    ? '/rcs/screen-recording-certificates'
    : `/rcs/ivr-profiles/${encodeURIComponent(profile)}/certificates`;
