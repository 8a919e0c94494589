import { z } from 'zod';
import { rcsctl } from './command-line.schema.js';
import { configurationServer } from './configuration-server.schema.js';
import { decryptWorker } from './decrypt-worker.schema.js';
import { keyVault } from './key-vault.schema.js';
import { listenerLimits } from './listener-limits.schema.js';
import { localKeyManager } from './local-key-manager.schema.js';
import { auditOtlp, auditS3, auditSyslog } from './audit-sinks.schema.js';
import { mediaStorage } from './media-storage.schema.js';
import { openIdProvider } from './open-id.schema.js';
import { bytes, filePath, listen, milliseconds, port, secret, trustedCA } from './option-types.js';
import { recordingCertificates } from './recording-certificates.schema.js';
import { tracing } from './tracing.schema.js';
import { network, webSettings } from './web-settings.schema.js';

/** The identity of this process inside the cluster; mutual TLS between services cannot be turned off. */
const internalTls = z.strictObject({
  caFile: filePath.describe('Certificates of the internal authority, PEM.'),
  certificateFile: filePath.describe('Certificate of this process, PEM; a URI in it names the role.'),
  keyFile: filePath.describe('Its private key, PEM.'),
  deniedCertificatesFile: filePath
    .optional()
    .describe(
      'Certificates of services that count no more, a line for each: SHA-256 fingerprint, or serial: and the number. Read again when it changes.',
    ),
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional()
    .describe(
      'Tells several clusters under one authority apart: grants count in the one that gave them. `default` when absent.',
    ),
});

const redis = z.strictObject({
  url: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
  userName: z.string().optional(),
  password: secret.optional(),
  redisTrustedCA: trustedCA,
  redisJksPassword: secret.optional().describe('Of the keystore that redisTrustedCA names.'),
  redisKeyStorePath: filePath
    .optional()
    .describe('Certificate and key to show when Redis asks for one: JKS, PKCS#12 or PEM.'),
  redisKeyStorePassword: secret.optional().describe('Of that keystore.'),
  connectTimeoutMs: milliseconds.default(2000).describe('For one attempt to connect.'),
  commandTimeoutMs: milliseconds.default(1000).describe('For one command.'),
  keyPrefix: z.string().default('rcs:').describe('Before the name of every key, for a Redis that others use, too.'),
});

/** The certificate that players see: a keystore as in Genesys RCS, or two PEM files. */
const publicTls = z
  .strictObject({
    port: port.optional().describe('Instead of the port of `listen`, as in Genesys RCS.'),
    keyStorePath: filePath.optional().describe('JKS, PKCS#12 or PEM.'),
    keyStorePassword: secret.optional().describe('Of that keystore.'),
    keyStoreAlias: z
      .string()
      .min(1)
      .optional()
      .describe('Where the keystore has several keys and none is called jetty.'),
    certificateFile: filePath.optional().describe('Certificate and intermediates, PEM, instead of a keystore.'),
    keyFile: filePath.optional().describe('Its private key, PEM.'),
  })
  .refine(
    ({ keyStorePath, certificateFile, keyFile }) =>
      keyStorePath === undefined
        ? certificateFile !== undefined && keyFile !== undefined
        : certificateFile === undefined && keyFile === undefined,
    'name keyStorePath, or certificateFile and keyFile',
  );

/** As `openssl x509 -fingerprint -sha256` prints it, or without colons. */
const fingerprint = z
  .string()
  .transform(text => text.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 fingerprint of a certificate'));

/** Makes the first administrator of a contact center when a gateway starts, once, where there is none. */
const bootstrapAdministrator = z.strictObject({
  contactCenter: z.string().min(1).describe('Id; the contact center is made, too, where it is missing.'),
  contactCenterName: z.string().min(1).optional().describe('Of a contact center that is made; its id when absent.'),
  userName: z.string().min(1).default('admin').describe('Of the administrator.'),
  password: secret.describe('Change it after the first login, and take the option away.'),
});

const serverSettings = z
  .strictObject({
    listen: listen(8090),
    externalUrl: z
      .url()
      .optional()
      .describe(
        'How players reach this gateway; the base of mediaUri. Derived from the listening address when absent.',
      ),
    enableSsl: z
      .boolean()
      .default(false)
      .describe('Whether players are served over TLS, with the certificate of `ssl`.'),
    ssl: publicTls.optional(),
    management: listen(9090),
    webDAVTrustedCA: z
      .union([z.boolean(), filePath])
      .optional()
      .describe('For storages that name no authority of their own.'),
    webDAVJksPassword: secret.optional().describe('Of the keystore that it names.'),
    caCertificate: filePath
      .optional()
      .describe('Trusted by the connections to Configuration Servers that name no authority of their own.'),
    jksPassword: secret.optional().describe('Of the keystore that caCertificate names.'),
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
      .describe('A failed login is answered no earlier than this, so that its time tells nothing.'),
    opsUsername: z
      .string()
      .min(1)
      .default('ops')
      .describe('The recorder: inserts recordings and reads recipients, nothing else.'),
    opsUserPassword: secret.optional().describe('Without one there is no recorder.'),
    opsAddresses: z
      .array(network)
      .default([])
      .describe('Where the recorder may come from: addresses and networks; from anywhere when empty.'),
    opsClientCertificates: z
      .array(fingerprint)
      .default([])
      .describe(
        'SHA-256 of the certificates of which the recorder must show one, at a server with TLS of its own; none needed when empty.',
      ),
    bootstrapAdministrator: bootstrapAdministrator.optional(),
    credentialCacheTimeToLiveMs: z
      .int()
      .min(0)
      .max(300_000)
      .default(60_000)
      .describe('A verified Basic credential is remembered this long; 0 turns the memory off.'),
    credentialCacheSize: z.int().min(1).max(1_000_000).default(10_000).describe('How many are remembered.'),
    maxBodyBytes: bytes.max(16 * 1024 * 1024).default(1024 * 1024),
    maxConcurrentPlaybacks: z
      .int()
      .min(1)
      .max(100_000)
      .default(2000)
      .describe('On each gateway; one more is answered 503.'),
    playbackStartTimeoutMs: milliseconds
      .default(20_000)
      .describe('Time from the request to the first byte of the answer.'),
    clientIdleTimeoutMs: milliseconds
      .default(60_000)
      .describe('A player that takes no byte for this long loses its connection.'),
    workerMaxConnection: z.int().min(1).max(4096).default(256).describe('Connections to each worker.'),
    workerIdleTimeoutMs: milliseconds.default(20_000).describe("Between two pieces of a worker's answer."),
    workerServerName: z
      .string()
      .min(1)
      .optional()
      .describe('Name in the certificates of all workers, where it is not the host in their URL (pods have no names).'),
    limits: listenerLimits,
    ...webSettings,
  })
  .refine(
    ({ enableSsl, opsClientCertificates }) => enableSsl || opsClientCertificates.length === 0,
    'opsClientCertificates needs enableSsl: whoever ends TLS in front sees the certificate, not this server',
  )
  .prefault({});

/** The whole of application.yaml; each service reads its own part and the shared ones. */
export const configurationSchema = z.strictObject({
  logging: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info')
        .describe('What is less severe is not written; a change is in force without a restart.'),
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
  crRegion: z
    .string()
    .min(1)
    .default('default')
    .describe('Region of this server; recordings of other regions do not exist for its users.'),
  internalTls: internalTls.optional(),
  redis: redis.optional(),
  store: z
    .strictObject({
      directory: filePath.describe('Recordings, users, contact centers and audit lie below it (SQLite).'),
    })
    .optional(),
  audit: z
    .strictObject({
      checkpointFile: filePath
        .optional()
        .describe('Where signed checkpoints go; audit-checkpoints.jsonl beside the store when absent.'),
      checkpointIntervalMs: milliseconds.default(60_000).describe('How often gateways sign, while anything changes.'),
      countersign: z
        .boolean()
        .default(true)
        .describe(
          'Whether a key vault, where the gateway knows one, keeps checkpoints in its journal and signs them, too.',
        ),
      syslog: auditSyslog.optional(),
      s3: auditS3.optional(),
      otlp: auditOtlp.optional(),
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
        .default(32 * 1024 * 1024)
        .describe('What they read for that, all together.'),
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
