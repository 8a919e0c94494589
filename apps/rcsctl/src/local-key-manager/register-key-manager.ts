import type { GatewayClient } from '../gateway-client/gateway-client.js';
import type { GenesysCloudClient } from './genesys-cloud-client.js';
import { KeyManagementClient, type HawkCredential } from './key-management-client.js';

export interface Registration {
  readonly credential: HawkCredential;
  readonly keyPair: { readonly id: string; readonly publicKey: string; readonly dateCreated: number };
  /** The two calls of Genesys Cloud's public API that make it use this key manager, in their order. */
  readonly calls: readonly [configuration: GenesysCloudCall, localKey: GenesysCloudCall];
}

export interface GenesysCloudCall {
  readonly method: 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

/** What only Genesys Cloud's answer to the first call can fill in. */
export const configurationIdPlaceholder = 'CONFIGURATION_ID';

/**
 * Steps 2, 4, 5 and 6 of the registration of a local key manager: a Hawk credential for Genesys Cloud, a key pair, and
 * the calls that tell Genesys Cloud of both.
 */
export async function registerKeyManager(
  gateway: GatewayClient,
  job: {
    readonly credentialId: string;
    /** Whose it shall be; may be left out where there is one contact center or the user belongs to one. */
    readonly contactCenter: string | undefined;
    /** Where this machine reaches the local key manager. */
    readonly url: string;
    /** Where Genesys Cloud reaches it. */
    readonly publicUrl: string;
    readonly ca: string | undefined;
  },
): Promise<Registration> {
  const credential = (await gateway.call('POST', '/rcs/local-key-manager/credentials', {
    id: job.credentialId,
    ...(job.contactCenter === undefined ? {} : { contactCenter: job.contactCenter }),
  })) as HawkCredential;
  const client = new KeyManagementClient(job.url, credential, job.ca);
  try {
    const answer = await client.call('POST', '/keypair');
    if (answer.status !== 200)
      throw new Error(`no key pair was made: status ${answer.status} (${answer.text.slice(0, 200)})`);
    const keyPair = JSON.parse(answer.text) as Registration['keyPair'];
    return { credential, keyPair, calls: callsFor(credential, keyPair, job.publicUrl) };
  } finally {
    await client.close();
  }
}

function callsFor(
  credential: HawkCredential,
  keyPair: Registration['keyPair'],
  publicUrl: string,
): Registration['calls'] {
  return [
    {
      method: 'POST',
      path: '/api/v2/recording/keyconfigurations',
      body: {
        url: `${publicUrl.replace(/\/+$/, '')}/key-management/v1/decrypt`,
        apiId: credential.id,
        apiKey: credential.authKey,
        keyConfigurationType: 'LocalKeyManager',
      },
    },
    {
      method: 'POST',
      path: '/api/v2/recording/localkeys',
      body: { configId: configurationIdPlaceholder, publicKey: keyPair.publicKey, keypairId: keyPair.id },
    },
  ];
}

/** How far the two calls got. */
export interface SentRegistration {
  /** Of the first call's answer. */
  readonly configurationId?: string;
  /** What Genesys Cloud answered to the call that failed. */
  readonly failure?: string;
}

/** Makes the two calls. Never throws: credential and key pair are there by now, and shown to people once. */
export async function sendRegistration(
  { calls: [configuration, localKey] }: Registration,
  genesysCloud: Pick<GenesysCloudClient, 'post'>,
): Promise<SentRegistration> {
  let configurationId: string | undefined;
  try {
    const { id } = await genesysCloud.post(configuration.path, configuration.body);
    if (typeof id !== 'string') return { failure: `POST ${configuration.path} was answered without an id` };
    configurationId = id;
    await genesysCloud.post(localKey.path, { ...localKey.body, configId: id });
    return { configurationId };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { ...(configurationId === undefined ? {} : { configurationId }), failure };
  }
}

/** What came of the two calls, for people; what is left to do where one failed. */
export function sentText(registration: Registration, { configurationId, failure }: SentRegistration): string {
  const { credential, keyPair, calls } = registration;
  if (failure === undefined) {
    return [
      `Genesys Cloud signs as ${credential.id}, has the configuration ${configurationId ?? ''} and the key pair ${keyPair.id}.`,
      'Never remove a key pair that Genesys Cloud has used: its recordings would never open again.',
    ].join('\n');
  }
  if (configurationId === undefined) return registrationText(registration);
  const [, localKey] = calls;
  return [
    `Genesys Cloud signs as ${credential.id} and has the configuration ${configurationId}. What is left:`,
    '',
    callText({ ...localKey, body: { ...localKey.body, configId: configurationId } }),
  ].join('\n');
}

/** The steps that are left, for people. */
export function registrationText({ credential, keyPair, calls }: Registration): string {
  const [configuration, localKey] = calls.map(callText);
  return [
    `Genesys Cloud signs as ${credential.id}. Its key stands below and is not shown again; treat it as a password.`,
    `The key pair ${keyPair.id} is in the HSM.`,
    '',
    '1. Tell Genesys Cloud of this key manager; it calls OPTIONS on the decrypt endpoint at once:',
    '',
    configuration,
    '',
    `2. Put the id of the answer in the place of ${configurationIdPlaceholder} and register the public key; a sample is decrypted at once:`,
    '',
    localKey,
    '',
    'Never remove a key pair that Genesys Cloud has used: its recordings would never open again.',
  ].join('\n');
}

function callText({ method, path, body }: GenesysCloudCall): string {
  return [
    `  ${method} https://api.YOUR_GENESYS_CLOUD_REGION${path}`,
    '  Content-Type: application/json',
    '  Authorization: Bearer YOUR_OAUTH_TOKEN',
    '',
    indented(body),
  ].join('\n');
}

const indented = (body: object): string => JSON.stringify(body, null, 2).replace(/^/gm, '  ');
