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
  /** Certificates of the internal authority, PEM. */
  caFile: filePath,
  certificateFile: filePath,
  keyFile: filePath,
});

const redis = z.strictObject({
  url: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
  userName: z.string().optional(),
  password: secret.optional(),
  redisTrustedCA: trustedCA,
  redisJksPassword: secret.optional(),
  /** Certificate and key to show when Redis asks for one: JKS, PKCS#12 or PEM. */
  redisKeyStorePath: filePath.optional(),
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
  /** Base URL; media locations resolve only below it. */
  url: z.url(),
  /** The contact centers whose media lies here, some perhaps below a path only; absent: all share it. */
  contactCenters: z.array(storageOwner).min(1).optional(),
  /** Which media plays in the clear: what has the signature of a known format, or any. */
  plainMedia: z.enum(['recognised', 'any']).default('recognised'),
  userName: z.string().optional(),
  password: secret.optional(),
  /** That of serverSettings when absent, as in the original; true when neither is there. */
  webDAVTrustedCA: z.union([z.boolean(), filePath]).optional(),
  webDAVJksPassword: secret.optional(),
  /** Certificate and key to show when the storage asks for one: JKS, PKCS#12 or PEM. */
  webDAVKeyStorePath: filePath.optional(),
  webDAVKeyStorePassword: secret.optional(),
  /** Connections per storage and worker. */
  webDAVMaxConnection: z.int().min(1).max(1024).default(64),
  connectTimeoutMs: milliseconds.default(3000),
  headersTimeoutMs: milliseconds.default(10_000),
  idleTimeoutMs: milliseconds.default(15_000),
});

/** The certificate that players see: a keystore as in the original, or two PEM files. */
const publicTls = z
  .strictObject({
    /** Instead of the port of `listen`, as in the original. */
    port: port.optional(),
    /** JKS, PKCS#12 or PEM. */
    keyStorePath: filePath.optional(),
    keyStorePassword: secret.optional(),
    /** Where the keystore has several keys and none is called jetty. */
    keyStoreAlias: z.string().min(1).optional(),
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
    /** How players reach this gateway; the base of mediaUri. Derived from the listening address when absent. */
    externalUrl: z.url().optional(),
    enableSsl: z.boolean().default(false),
    ssl: publicTls.optional(),
    management: listen(9090),
    webDAVTrustedCA: z.union([z.boolean(), filePath]).optional(),
    webDAVJksPassword: secret.optional(),
    /** Trusted by the connections to Configuration Servers that name no authority of their own. */
    caCertificate: filePath.optional(),
    jksPassword: secret.optional(),
    /** For Basic credentials that name neither their contact center nor a user who has one. */
    defaultContactCenter: z.string().min(1).optional(),
    /** A failed log-in is answered no earlier than this, so that its time tells nothing. */
    failedLoginTimeMs: z.int().min(0).max(10_000).default(300),
    opsUsername: z.string().min(1).default('ops'),
    opsUserPassword: secret.optional(),
    /** A verified Basic credential is remembered this long; 0 turns the memory off. */
    credentialCacheTimeToLiveMs: z.int().min(0).max(300_000).default(60_000),
    credentialCacheSize: z.int().min(1).max(1_000_000).default(10_000),
    maxBodyBytes: bytes.max(16 * 1024 * 1024).default(1024 * 1024),
    maxConcurrentPlaybacks: z.int().min(1).max(100_000).default(2000),
    /** Time from the request to the first byte of the answer. */
    playbackStartTimeoutMs: milliseconds.default(20_000),
    /** A player that takes no byte for this long loses its connection. */
    clientIdleTimeoutMs: milliseconds.default(60_000),
    workerMaxConnection: z.int().min(1).max(4096).default(256),
    workerIdleTimeoutMs: milliseconds.default(20_000),
    /** Name in the certificates of all workers, where it is not the host in their URL (pods have no names). */
    workerServerName: z.string().min(1).optional(),
    ...webSettings,
  })
  .prefault({});

const decryptWorker = z.strictObject({
  listen: listen(7080),
  management: listen(9092),
  /** How the gateway reaches this worker; derived from the listening address when absent. */
  advertisedUrl: z.url({ protocol: /^https$/, error: 'must start with https://' }).optional(),
  vaultAddresses: z.array(vaultAddress).min(1),
  vaultTimeoutMs: milliseconds.default(5000),
  mediaSessionCacheSize: z.int().min(1).max(1_000_000).default(2000),
  mediaSessionTimeToLiveMs: milliseconds.max(600_000).default(60_000),
  /** Plays AES-GCM inside EnvelopedData, which RFC 5084 (section 1.1) does not allow and some libraries write. */
  gcmInEnvelopedData: z.boolean().default(false),
  openTimeoutMs: milliseconds.default(15_000),
  maxConcurrentStreams: z.int().min(1).max(100_000).default(1000),
  /** A gateway that takes no byte for this long loses its connection. */
  clientIdleTimeoutMs: milliseconds.default(90_000),
  heartbeatIntervalMs: milliseconds.default(1000),
});

/** What the command line needs beside the identity of its machine. */
const rcsctl = z.strictObject({
  /** Who demands session keys: certificate and key of a person, with the role operator. */
  operator: z.strictObject({ certificateFile: filePath, keyFile: filePath }).optional(),
  /** The gateway, and a user who may play what is verified. */
  gateway: z
    .strictObject({
      url: z.url(),
      /** Authority of its certificate, PEM; the system's when absent. */
      caFile: filePath.optional(),
      userName: z.string().min(1),
      password: secret,
    })
    .optional(),
});

/** What the gateway knows about recording certificates. */
const recordingCertificates = z
  .strictObject({
    /** Key vaults of the gateway; those of the decrypt workers when absent. */
    vaultAddresses: z.array(vaultAddress).min(1).optional(),
    /** Authorities that may vouch for recording certificates, PEM. */
    rootCaFile: filePath.optional(),
    /** Whether a certificate may vouch for itself, as the administrator guide makes them. */
    allowSelfSigned: z.boolean().default(true),
    /** Whether uploads may carry private keys that the gateway can read; otherwise they come encrypted to the key vaults. */
    acceptClearPrivateKeys: z.boolean().default(false),
    /** Days before the end of a certificate at which the log and the webhook warn. */
    expiryWarningDays: z.array(z.int().min(1).max(3650)).max(20).default([90, 30, 7]),
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
    /** Envelopes that a rewrap run changes in a second, at most. */
    rewrapPerSecond: z.int().min(1).max(100_000).default(500),
  })
  .prefault({});

/** The whole of application.yaml; each service reads its own part and the shared ones. */
export const configurationSchema = z.strictObject({
  logging: z
    .strictObject({ level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info') })
    .prefault({}),
  tracing: tracing.optional(),
  /** File with the key of all CRYPT: values; the environment variable RCS_MASTER_KEY may hold the key itself instead. */
  masterKeyFile: filePath.optional(),
  crRegion: z.string().min(1).default('default'),
  internalTls: internalTls.optional(),
  redis: redis.optional(),
  store: z.strictObject({ directory: filePath }).optional(),
  audit: z
    .strictObject({
      /** Where signed checkpoints go; audit-checkpoints.jsonl beside the store when absent. */
      checkpointFile: filePath.optional(),
      checkpointIntervalMs: milliseconds.default(60_000),
    })
    .prefault({}),
  mediaStorages: z.array(mediaStorage).default([]),
  /** How stored files are looked at: whom they are for, and the tree that proves their content. */
  mediaIndex: z
    .strictObject({
      /** How long an insertion waits for that; a recording whose storage is away is inserted, and looked at later. */
      insertionTimeoutMs: milliseconds.default(5000),
      /** What the gateways do in the background, all together. */
      inspectionsPerSecond: z.int().min(1).max(10_000).default(50),
      bytesPerSecond: z
        .int()
        .min(65_536)
        .default(32 * 1024 * 1024),
    })
    .prefault({}),
  playback: z
    .strictObject({
      /** Stored bytes are checked against the SHA-256 tree that was kept with the recording before any of them leaves. */
      verifyContent: z.boolean().default(true),
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
  /** A service that was told to stop goes on serving for this long, while load balancers learn that it is not ready. */
  shutdownDelayMs: z.int().min(0).max(600_000).default(0),
  /** Running streams may take this long to finish; then they are handed over. */
  gracefulShutdownTimeoutMs: milliseconds.default(30_000),
  /** How often application.yaml and the certificates are looked at for changes. */
  reloadIntervalMs: milliseconds.default(5000),
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
