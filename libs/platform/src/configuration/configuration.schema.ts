import { z } from 'zod';
import { configurationServer } from './configuration-server.schema.js';
import { keyVault } from './key-vault.schema.js';
import { localKeyManager } from './local-key-manager.schema.js';
import { openIdProvider } from './open-id.schema.js';
import {
  bytes,
  filePath,
  listen,
  milliseconds,
  port,
  secret,
  storagePrefix,
  trustedCA,
  vaultAddress,
} from './option-types.js';
import { tracing } from './tracing.schema.js';
import { webSettings } from './web-settings.schema.js';

/** The identity of this process inside the cluster; mutual TLS between services cannot be turned off. */
const internalTls = z.strictObject({
  caFile: filePath.describe('Certificates of the internal authority, PEM.'),
  certificateFile: filePath,
  keyFile: filePath,
});

const redis = z.strictObject({
  url: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
  userName: z.string().optional(),
  password: secret.optional(),
  redisTrustedCA: trustedCA,
  redisJksPassword: secret.optional(),
  redisKeyStorePath: filePath
    .optional()
    .describe('Certificate and key to show when Redis asks for one: JKS, PKCS#12 or PEM.'),
  redisKeyStorePassword: secret.optional(),
  connectTimeoutMs: milliseconds.default(2000),
  commandTimeoutMs: milliseconds.default(1000),
  keyPrefix: z.string().default('rcs:'),
});

/** A contact center that a storage, or what lies below a path in it, belongs to. */
const storageOwner = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), prefix: storagePrefix.default('') }),
]);

const mediaStorage = z.strictObject({
  storage: z.enum(['webDAV', 'file']).default('webDAV'),
  url: z.url().describe('Base URL; media locations resolve only below it.'),
  contactCenters: z
    .array(storageOwner)
    .min(1)
    .optional()
    .describe('The contact centers whose media lies here, some perhaps below a path only; absent: all share it.'),
  plainMedia: z
    .enum(['recognised', 'any'])
    .default('recognised')
    .describe('Which media plays in the clear: what has the signature of a known format, or any.'),
  userName: z.string().optional(),
  password: secret.optional(),
  webDAVTrustedCA: z
    .union([z.boolean(), filePath])
    .optional()
    .describe('That of serverSettings when absent, as in Genesys RCS; true when neither is there.'),
  webDAVJksPassword: secret.optional(),
  webDAVKeyStorePath: filePath
    .optional()
    .describe('Certificate and key to show when the storage asks for one: JKS, PKCS#12 or PEM.'),
  webDAVKeyStorePassword: secret.optional(),
  webDAVMaxConnection: z.int().min(1).max(1024).default(64).describe('Connections per storage and worker.'),
  connectTimeoutMs: milliseconds.default(3000),
  headersTimeoutMs: milliseconds.default(10_000),
  idleTimeoutMs: milliseconds.default(15_000),
});

/** The certificate that players see: a keystore as in Genesys RCS, or two PEM files. */
const publicTls = z
  .strictObject({
    port: port.optional().describe('Instead of the port of `listen`, as in Genesys RCS.'),
    keyStorePath: filePath.optional().describe('JKS, PKCS#12 or PEM.'),
    keyStorePassword: secret.optional(),
    keyStoreAlias: z
      .string()
      .min(1)
      .optional()
      .describe('Where the keystore has several keys and none is called jetty.'),
    certificateFile: filePath.optional(),
    keyFile: filePath.optional(),
  })
  .refine(
    ({ keyStorePath, certificateFile, keyFile }) =>
      keyStorePath === undefined
        ? certificateFile !== undefined && keyFile !== undefined
        : certificateFile === undefined && keyFile === undefined,
    'name keyStorePath, or certificateFile and keyFile',
  );

const serverSettings = z
  .strictObject({
    listen: listen(8090),
    externalUrl: z
      .url()
      .optional()
      .describe(
        'How players reach this gateway; the base of mediaUri. Derived from the listening address when absent.',
      ),
    enableSsl: z.boolean().default(false),
    ssl: publicTls.optional(),
    management: listen(9090),
    webDAVTrustedCA: z.union([z.boolean(), filePath]).optional(),
    webDAVJksPassword: secret.optional(),
    caCertificate: filePath
      .optional()
      .describe('Trusted by the connections to Configuration Servers that name no authority of their own.'),
    jksPassword: secret.optional(),
    defaultContactCenter: z
      .string()
      .min(1)
      .optional()
      .describe('For Basic credentials that name neither their contact center nor a user who has one.'),
    failedLoginTimeMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(300)
      .describe('A failed log-in is answered no earlier than this, so that its time tells nothing.'),
    opsUsername: z.string().min(1).default('ops'),
    opsUserPassword: secret.optional(),
    credentialCacheTimeToLiveMs: z
      .int()
      .min(0)
      .max(300_000)
      .default(60_000)
      .describe('A verified Basic credential is remembered this long; 0 turns the memory off.'),
    credentialCacheSize: z.int().min(1).max(1_000_000).default(10_000),
    maxBodyBytes: bytes.max(16 * 1024 * 1024).default(1024 * 1024),
    maxConcurrentPlaybacks: z.int().min(1).max(100_000).default(2000),
    playbackStartTimeoutMs: milliseconds
      .default(20_000)
      .describe('Time from the request to the first byte of the answer.'),
    clientIdleTimeoutMs: milliseconds
      .default(60_000)
      .describe('A player that takes no byte for this long loses its connection.'),
    workerMaxConnection: z.int().min(1).max(4096).default(256),
    workerIdleTimeoutMs: milliseconds.default(20_000),
    workerServerName: z
      .string()
      .min(1)
      .optional()
      .describe('Name in the certificates of all workers, where it is not the host in their URL (pods have no names).'),
    ...webSettings,
  })
  .prefault({});

const decryptWorker = z.strictObject({
  listen: listen(7080),
  management: listen(9092),
  advertisedUrl: z
    .url({ protocol: /^https$/, error: 'must start with https://' })
    .optional()
    .describe('How the gateway reaches this worker; derived from the listening address when absent.'),
  vaultAddresses: z.array(vaultAddress).min(1),
  vaultTimeoutMs: milliseconds.default(5000),
  mediaSessionCacheSize: z.int().min(1).max(1_000_000).default(2000),
  mediaSessionTimeToLiveMs: milliseconds.max(600_000).default(60_000),
  gcmInEnvelopedData: z
    .boolean()
    .default(false)
    .describe(
      'Plays AES-GCM inside EnvelopedData, which RFC 5084 (section 1.1) does not allow and some libraries write.',
    ),
  openTimeoutMs: milliseconds.default(15_000),
  maxConcurrentStreams: z.int().min(1).max(100_000).default(1000),
  clientIdleTimeoutMs: milliseconds
    .default(90_000)
    .describe('A gateway that takes no byte for this long loses its connection.'),
  heartbeatIntervalMs: milliseconds.default(1000),
});

/** What the command line needs beside the identity of its machine. */
const rcsctl = z.strictObject({
  operator: z
    .strictObject({ certificateFile: filePath, keyFile: filePath })
    .optional()
    .describe('Who demands session keys: certificate and key of a person, with the role operator.'),
  /** The gateway, and a user who may play what is verified. */
  gateway: z
    .strictObject({
      url: z.url(),
      caFile: filePath.optional().describe("Authority of its certificate, PEM; the system's when absent."),
      userName: z.string().min(1),
      password: secret,
    })
    .optional(),
});

/** What the gateway knows about recording certificates. */
const recordingCertificates = z
  .strictObject({
    vaultAddresses: z
      .array(vaultAddress)
      .min(1)
      .optional()
      .describe('Key vaults of the gateway; those of the decrypt workers when absent.'),
    rootCaFile: filePath.optional().describe('Authorities that may vouch for recording certificates, PEM.'),
    allowSelfSigned: z
      .boolean()
      .default(true)
      .describe('Whether a certificate may vouch for itself, as the administrator guide makes them.'),
    acceptClearPrivateKeys: z
      .boolean()
      .default(false)
      .describe(
        'Whether uploads may carry private keys that the gateway can read; otherwise they come encrypted to the key vaults.',
      ),
    expiryWarningDays: z
      .array(z.int().min(1).max(3650))
      .max(20)
      .default([90, 30, 7])
      .describe('Days before the end of a certificate at which the log and the webhook warn.'),
    /** Gets a POST with JSON for every warning. */
    expiryWebhook: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        authorization: secret.optional(),
        timeoutMs: milliseconds.default(5000),
      })
      .optional(),
    /**
     * Where recordings lie that this server cannot list: archives taken away, the metadata of another server. While any is
     * named, removing a private key needs an operator who has named it, too.
     */
    unlistableSources: z.array(z.string().min(1).max(256)).max(100).default([]),
    rewrapPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .default(500)
      .describe('Envelopes that a rewrap run changes in a second, at most.'),
  })
  .prefault({});

/** The whole of application.yaml; each service reads its own part and the shared ones. */
export const configurationSchema = z.strictObject({
  logging: z
    .strictObject({
      level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
      levelToken: secret
        .refine(token => token.length >= 16, 'must have 16 characters or more')
        .optional()
        .describe('Whoever shows it changes the level of a running process; nobody does where it is absent.'),
    })
    .prefault({}),
  tracing: tracing.optional(),
  masterKeyFile: filePath
    .optional()
    .describe(
      'File with the key of all CRYPT: values; the environment variable RCS_MASTER_KEY may hold the key itself instead.',
    ),
  crRegion: z.string().min(1).default('default'),
  internalTls: internalTls.optional(),
  redis: redis.optional(),
  store: z.strictObject({ directory: filePath }).optional(),
  audit: z
    .strictObject({
      checkpointFile: filePath
        .optional()
        .describe('Where signed checkpoints go; audit-checkpoints.jsonl beside the store when absent.'),
      checkpointIntervalMs: milliseconds.default(60_000),
    })
    .prefault({}),
  mediaStorages: z.array(mediaStorage).default([]),
  /** How stored files are looked at: whom they are for, and the tree that proves their content. */
  mediaIndex: z
    .strictObject({
      insertionTimeoutMs: milliseconds
        .default(5000)
        .describe(
          'How long an insertion waits for that; a recording whose storage is away is inserted, and looked at later.',
        ),
      inspectionsPerSecond: z
        .int()
        .min(1)
        .max(10_000)
        .default(50)
        .describe('What the gateways do in the background, all together.'),
      bytesPerSecond: z
        .int()
        .min(65_536)
        .default(32 * 1024 * 1024),
    })
    .prefault({}),
  playback: z
    .strictObject({
      verifyContent: z
        .boolean()
        .default(true)
        .describe(
          'Stored bytes are checked against the SHA-256 tree that was kept with the recording before any of them leaves.',
        ),
    })
    .prefault({}),
  serverSettings,
  configurationServers: z.array(configurationServer).default([]),
  openId: openIdProvider.optional(),
  keyVault: keyVault.optional(),
  decryptWorker: decryptWorker.optional(),
  recordingCertificates,
  localKeyManager: localKeyManager.optional(),
  rcsctl: rcsctl.optional(),
  shutdownDelayMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe(
      'A service that was told to stop goes on serving for this long, while load balancers learn that it is not ready.',
    ),
  gracefulShutdownTimeoutMs: milliseconds
    .default(30_000)
    .describe('Running streams may take this long to finish; then they are handed over.'),
  reloadIntervalMs: milliseconds
    .default(5000)
    .describe('How often application.yaml and the certificates are looked at for changes.'),
});

export type Configuration = z.output<typeof configurationSchema>;
export type ServerSettings = Configuration['serverSettings'];
export type RedisConfiguration = NonNullable<Configuration['redis']>;
export type KeyVaultConfiguration = NonNullable<Configuration['keyVault']>;
export type DecryptWorkerConfiguration = NonNullable<Configuration['decryptWorker']>;
export type RecordingCertificatesConfiguration = Configuration['recordingCertificates'];
export type InternalTlsConfiguration = NonNullable<Configuration['internalTls']>;
export type LocalKeyManagerConfiguration = NonNullable<Configuration['localKeyManager']>;
export type MediaStorageSettings = Configuration['mediaStorages'][number];

type OptionalSection = 'internalTls' | 'redis' | 'store' | 'keyVault' | 'decryptWorker';

/** The configuration with sections that a service cannot do without. */
export type ConfigurationWith<Section extends OptionalSection> = Configuration & {
  readonly [Name in Section]-?: NonNullable<Configuration[Name]>;
};
