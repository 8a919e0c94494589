import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { requireSections } from '#platform';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { gatewayAccess, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { withVaults } from '../key-import/open-vaults.js';
import { checkKeyManager } from '../local-key-manager/check-key-manager.js';
import { importKeyPair } from '../local-key-manager/import-key-pair.js';
import { KeyManagementClient } from '../local-key-manager/key-management-client.js';
import { registerKeyManager, registrationText } from '../local-key-manager/register-key-manager.js';
import { print } from '../terminal/print.js';
import { readConfiguration } from './read-configuration.js';

interface RegisterOptions extends GatewayOptions {
  readonly url?: string;
  readonly publicUrl?: string;
  readonly json?: boolean;
}

interface ImportOptions {
  readonly keyFile: string;
  readonly config?: string;
  readonly json?: boolean;
}

interface CheckOptions {
  readonly url: string;
  readonly id: string;
  readonly keyFile: string;
  readonly ca?: string;
  readonly json?: boolean;
}

/** `rcsctl lkm`: the local key manager for Genesys Cloud. */
export function lkmCommand(program: Command): void {
  const lkm = program.command('lkm').description("Genesys Cloud's local key manager: registration and check");
  withGatewayOptions(lkm.command('register'))
    .description('make a credential and a key pair for Genesys Cloud, and print the calls that register them there')
    .argument('<id>', 'what Genesys Cloud signs as; 6 characters or more')
    .option('--url <url>', 'where this machine reaches the local key manager; the gateway when absent')
    .option('--public-url <url>', 'where Genesys Cloud reaches it; --url when absent')
    .option('--json', 'machine-readable output')
    .action(register);
  lkm
    .command('import')
    .description('bring a key pair of another key manager into the HSM')
    .argument('<id>', 'UUID by which Genesys Cloud knows it')
    .requiredOption('--key-file <file>', 'private key: base64 of a PKCS#1 RSAPrivateKey, or PEM')
    .option('--config <file>', 'application.yaml; RCS_CONFIG when absent')
    .option('--json', 'machine-readable output')
    .action(importPair);
  lkm
    .command('check')
    .description('play Genesys Cloud against a running local key manager; exit status 1 when something is wrong')
    .requiredOption('--url <url>', 'scheme, host and port that Genesys Cloud uses')
    .requiredOption('--id <id>', 'credential')
    .requiredOption('--key-file <file>', 'file with its key')
    .option('--ca <file>', "authority of the server's certificate, PEM")
    .option('--json', 'machine-readable output')
    .action(check);
}

async function register(credentialId: string, options: RegisterOptions): Promise<void> {
  const access = gatewayAccess(readConfiguration(options.config), options, 'to register with Genesys Cloud');
  const gateway = new GatewayClient(access);
  const url = options.url ?? access.url;
  try {
    const job = { credentialId, url, publicUrl: options.publicUrl ?? url, ca: access.caPem };
    const registration = await registerKeyManager(gateway, job);
    print(options.json === true, registration, () => registrationText(registration));
  } finally {
    await gateway.close();
  }
}

async function importPair(id: string, { keyFile, config, json }: ImportOptions): Promise<void> {
  const { localKeyManager } = requireSections(readConfiguration(config), 'localKeyManager');
  const { organization } = localKeyManager;
  const replies = await withVaults(config, vaults =>
    importKeyPair(vaults, { id, organization, keyFile: readFileSync(keyFile) }),
  );
  const created = replies.some(reply => reply.created);
  print(json === true, { id, created }, () => `${id}: ${created ? 'imported' : 'was there already'}`);
}

async function check({ url, id, keyFile, ca, json }: CheckOptions): Promise<void> {
  const authKey = readFileSync(keyFile, 'utf8').trim();
  const client = new KeyManagementClient(url, { id, authKey }, ca === undefined ? undefined : readFileSync(ca, 'utf8'));
  try {
    const results = await checkKeyManager(client);
    print(json === true, results, () =>
      results
        .map(
          ({ check: name, ok, advice }) =>
            `${ok ? 'ok    ' : 'WRONG '} ${name}${advice === undefined ? '' : `\n       ${advice}`}`,
        )
        .join('\n'),
    );
    if (results.some(({ ok }) => !ok)) process.exitCode = 1;
  } finally {
    await client.close();
  }
}
