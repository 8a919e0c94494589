import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ConfigurationError } from '#platform';
import { readAuthorities } from '../configuration/authorities.js';
import { withConfiguration, type ConfigurationOptions } from '../configuration/read-configuration.js';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { withVaults } from '../key-import/open-vaults.js';
import { assignThings, listedThings, ownersText } from '../local-key-manager/assign-things.js';
import { checkKeyManager } from '../local-key-manager/check-key-manager.js';
import { GenesysCloudClient, type GenesysCloudAccess } from '../local-key-manager/genesys-cloud-client.js';
import { creationTime, importKeyPair } from '../local-key-manager/import-key-pair.js';
import { KeyManagementClient } from '../local-key-manager/key-management-client.js';
import {
  registerKeyManager,
  registrationText,
  sendRegistration,
  sentText,
} from '../local-key-manager/register-key-manager.js';
import { readPasswordFile } from '../terminal/password-source.js';
import { print } from '../terminal/print.js';

interface RegisterOptions extends GatewayOptions {
  readonly url?: string;
  readonly publicUrl?: string;
  readonly contactCenter?: string;
  readonly send?: boolean;
  readonly region?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly genesysCloudLogin?: string;
  readonly genesysCloudApi?: string;
  readonly genesysCloudCa?: string;
}

interface AssignOptions extends GatewayOptions {
  readonly credential?: readonly string[];
  readonly keyPair?: readonly string[];
}

interface ImportOptions extends ConfigurationOptions {
  readonly keyFile: string;
  readonly contactCenter: string;
  readonly dateCreated?: string;
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
    .option('--contact-center <id>', 'whose they shall be: for operations accounts, where there are several')
    .option('--send', 'make the calls to Genesys Cloud, too; needs --region, --client-id and --client-secret-file')
    .option('--region <domain>', 'of the organization, such as mypurecloud.de')
    .option('--client-id <id>', 'OAuth client with the grant Client Credentials and recording:encryptionKey:edit')
    .option('--client-secret-file <file>', 'file with its secret')
    .option('--genesys-cloud-login <url>', 'https://login.REGION when absent')
    .option('--genesys-cloud-api <url>', 'https://api.REGION when absent')
    .option('--genesys-cloud-ca <file>', 'authority of a proxy in between, PEM')
    .action(register);
  withConfiguration(lkm.command('import'))
    .description('bring a key pair of another key manager into the HSM')
    .argument('<id>', 'UUID by which Genesys Cloud knows it')
    .requiredOption('--key-file <file>', 'private key: base64 of a PKCS#1 RSAPrivateKey, or PEM')
    .requiredOption('--contact-center <id>', 'whose it shall be')
    .option('--date-created <time>', 'when it was made: milliseconds since 1970, or ISO 8601; now when absent')
    .option('--json', 'JSON for programs')
    .action(importPair);
  withGatewayOptions(lkm.command('owners')).description('whose the credentials and key pairs are').action(owners);
  withGatewayOptions(lkm.command('assign'))
    .description('give a contact center what belongs to none: credentials and key pairs of earlier versions')
    .argument('<contact-center>')
    .option('--credential <id...>', 'these alone; without any list, everything that belongs to none')
    .option('--key-pair <id...>', 'these alone')
    .action(assign);
  lkm
    .command('check')
    .description('play Genesys Cloud against a running local key manager; exit status 1 when something is wrong')
    .requiredOption('--url <url>', 'scheme, host and port that Genesys Cloud uses')
    .requiredOption('--id <id>', 'credential')
    .requiredOption('--key-file <file>', 'file with its key')
    .option('--ca <file>', "authority of the server's certificate, PEM")
    .option('--json', 'JSON for programs')
    .action(check);
}

async function register(credentialId: string, options: RegisterOptions): Promise<void> {
  await withGateway(options, 'to register with Genesys Cloud', async (gateway, access) => {
    const { contactCenter, url = access.url, publicUrl = url } = options;
    const job = { credentialId, contactCenter, url, publicUrl, ca: access.caPem };
    const genesysCloud =
      options.send === true ? await GenesysCloudClient.logIn(genesysCloudAccess(options)) : undefined;
    try {
      const registration = await registerKeyManager(gateway, job);
      if (genesysCloud === undefined) {
        print(options.json === true, registration, () => registrationText(registration));
        return;
      }
      const sent = await sendRegistration(registration, genesysCloud);
      print(options.json === true, { ...registration, sent }, () => sentText(registration, sent));
      if (sent.failure === undefined) return;
      process.stderr.write(`${sent.failure}\n`);
      process.exitCode = 1;
    } finally {
      await genesysCloud?.close();
    }
  });
}

/** @throws ConfigurationError naming the option that is missing */
function genesysCloudAccess(options: RegisterOptions): GenesysCloudAccess {
  const { region, clientId, clientSecretFile, genesysCloudCa } = options;
  const needed = (name: string, value: string | undefined): string => {
    if (value !== undefined) return value;
    throw new ConfigurationError(`to send the registration to Genesys Cloud, ${name} is needed`);
  };
  const { genesysCloudLogin: loginUrl, genesysCloudApi: apiUrl } = options;
  return {
    loginUrl: loginUrl ?? `https://login.${needed('--region', region)}`,
    apiUrl: apiUrl ?? `https://api.${needed('--region', region)}`,
    clientId: needed('--client-id', clientId),
    clientSecret: readPasswordFile(needed('--client-secret-file', clientSecretFile)),
    caPem: genesysCloudCa === undefined ? undefined : readAuthorities('--genesys-cloud-ca', genesysCloudCa).toString(),
  };
}

async function owners(options: GatewayOptions): Promise<void> {
  await asking(options, async gateway => {
    const things = await listedThings(gateway);
    print(options.json === true, things, () => ownersText(things));
  });
}

async function assign(contactCenter: string, options: AssignOptions): Promise<void> {
  await asking(options, async gateway => {
    const { credential: credentials, keyPair: keyPairs } = options;
    const { outcome, text, complete } = await assignThings(gateway, { contactCenter, credentials, keyPairs });
    print(options.json === true, outcome, () => text);
    if (!complete) process.exitCode = 1;
  });
}

function asking(options: GatewayOptions, ask: (gateway: GatewayClient) => Promise<void>): Promise<void> {
  return withGateway(options, 'to administer the local key manager', ask);
}

async function importPair(id: string, options: ImportOptions): Promise<void> {
  const { keyFile, contactCenter, config, json } = options;
  const dateCreated = options.dateCreated === undefined ? undefined : creationTime(options.dateCreated);
  const replies = await withVaults(config, vaults =>
    importKeyPair(vaults, { id, contactCenter, dateCreated, keyFile: readFileSync(keyFile) }),
  );
  const created = replies.some(reply => reply.created);
  print(json === true, { id, created }, () => `${id}: ${created ? 'imported' : 'was there already'}`);
}

async function check({ url, id, keyFile, ca, json }: CheckOptions): Promise<void> {
  const authKey = readFileSync(keyFile, 'utf8').trim();
  const caPem = ca === undefined ? undefined : readAuthorities('--ca', ca).toString();
  const client = new KeyManagementClient(url, { id, authKey }, caPem);
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
