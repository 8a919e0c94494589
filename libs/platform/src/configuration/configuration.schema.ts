import { z } from 'zod';
import { archives } from './archives.schema.js';
import { cassandraCluster } from './cassandra-cluster.schema.js';
import { rcsctl } from './command-line.schema.js';
import { configurationServer } from './configuration-server.schema.js';
import { decryptWorker } from './decrypt-worker.schema.js';
import { demandWorkerIdentity } from './delivery.schema.js';
import { keyVault } from './key-vault.schema.js';
import { localKeyManager } from './local-key-manager.schema.js';
import { auditOtlp, auditS3, auditSyslog } from './audit-sinks.schema.js';
import { mediaStorage, settableStorages } from './media-storage.schema.js';
import { demandRedirectUri } from './open-id-login.schema.js';
import { openIdProvider } from './open-id.schema.js';
import { filePath, milliseconds, secret } from './option-types.js';
import { recordingCertificates } from './recording-certificates.schema.js';
import { recordingSources } from './recording-source.schema.js';
import { redis } from './redis.schema.js';
import { serverSettings } from './server-settings.schema.js';
import { store } from './store.schema.js';
import { tracing } from './tracing.schema.js';

/** The identity of this process inside the cluster; mutual TLS between services cannot be turned off. */
const internalTls = () =>
  z.strictObject({
    caFile: filePath.describe('Certificates of the internal authority, PEM.'),
    certificateFile: filePath.describe('Certificate of this process, PEM; a URI in it names the role.'),
    keyFile: filePath.describe('Its private key, PEM.'),
    deniedCertificatesFile: filePath
      .optional()
      .describe(
        'Certificates of services that count no more, a line for each: SHA-256 fingerprint, or serial: and the number; of none a remark, # nobody. Read again when it changes.',
      ),
    cluster: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .optional()
      .describe(
        'Tells several clusters under one authority apart: grants count in the one that gave them. `default` when absent.',
      ),
  });

/**
 * The whole of application.yaml; each service reads its own part and the shared ones. Made where it is needed: a process that kept
 * it would hold 2 MB for what it reads once.
 */
export const configurationSchema = () =>
  z
    .strictObject({
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
      tracing: tracing().optional(),
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
      internalTls: internalTls().optional(),
      redis: redis().optional(),
      store: store().optional(),
      cassandraCluster: cassandraCluster().optional().describe('Recordings lie there, everything else in the store.'),
      audit: z
        .strictObject({
          checkpointFile: filePath
            .optional()
            .describe(
              'Where signed checkpoints go; audit-checkpoints.jsonl beside the SQLite files when absent. PostgreSQL has no such place: name one of this host.',
            ),
          checkpointIntervalMs: milliseconds
            .default(60_000)
            .describe('How often gateways sign, while anything changes.'),
          countersign: z
            .boolean()
            .default(true)
            .describe(
              'Whether a key vault, where the gateway knows one, keeps checkpoints in its journal and signs them, too.',
            ),
          syslog: auditSyslog().optional(),
          s3: auditS3().optional(),
          otlp: auditOtlp().optional(),
        })
        .prefault({}),
      removal: z
        .strictObject({
          ledgerFile: filePath
            .optional()
            .describe(
              'Where it is kept what was deleted, expired or erased, so that a restored backup of the store does not bring it back; removal-ledger.jsonl beside the SQLite files when absent. PostgreSQL has no such place: name one of this host.',
            ),
        })
        .prefault({}),
      mediaStorages: z.array(mediaStorage()).default([]),
      settableStorages: settableStorages(),
      recordingSources: recordingSources(),
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
      serverSettings: serverSettings(),
      configurationServers: z.array(configurationServer()).default([]),
      openId: openIdProvider().optional(),
      keyVault: keyVault().optional(),
      decryptWorker: decryptWorker().optional(),
      recordingCertificates: recordingCertificates(),
      archives: archives(),
      localKeyManager: localKeyManager().optional(),
      rcsctl: rcsctl().optional(),
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
    })
    .superRefine(demandRedirectUri)
    .superRefine(demandWorkerIdentity);

export type Configuration = z.output<ReturnType<typeof configurationSchema>>;
export type ServerSettings = Configuration['serverSettings'];
export type RedisConfiguration = NonNullable<Configuration['redis']>;
export type StoreConfiguration = NonNullable<Configuration['store']>;
export type CassandraClusterConfiguration = NonNullable<Configuration['cassandraCluster']>;
export type PostgresqlConfiguration = NonNullable<StoreConfiguration['postgresql']>;
export type KeyVaultConfiguration = NonNullable<Configuration['keyVault']>;
export type DecryptWorkerConfiguration = NonNullable<Configuration['decryptWorker']>;
export type RecordingCertificatesConfiguration = Configuration['recordingCertificates'];
export type InternalTlsConfiguration = NonNullable<Configuration['internalTls']>;
export type LocalKeyManagerConfiguration = NonNullable<Configuration['localKeyManager']>;
export type MediaStorageSettings = Configuration['mediaStorages'][number];
export type SettableStorageSettings = Configuration['settableStorages'][number];

type OptionalSection = 'internalTls' | 'redis' | 'store' | 'keyVault' | 'decryptWorker';

/** The configuration with sections that a service cannot do without. */
export type ConfigurationWith<Section extends OptionalSection> = Configuration & {
  readonly [Name in Section]-?: NonNullable<Configuration[Name]>;
};
