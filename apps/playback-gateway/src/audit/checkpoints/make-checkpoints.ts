import { join } from 'node:path';
import { openCheckpointBucket } from '#checkpoint-bucket';
import { KeyVaultClient } from '#key-vault-client';
import { ConfigurationError, type LiveIdentity, type ServiceContext } from '#platform';
import type { AuditLog } from '#store';
import { outgoingTls } from '#tls';
import { vaultAddressesOf, type GatewayConfiguration } from '../../dependencies/gateway-dependencies.js';
import { AuditCheckpoints } from './audit-checkpoints.js';
import { AuditSinkMetrics } from './audit-sink-metrics.js';
import { BucketSink } from './bucket-sink.js';
import { CheckpointDelivery } from './checkpoint-delivery.js';
import { CheckpointFile } from './checkpoint-file.js';
import { CheckpointLog } from './checkpoint-log.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import { CheckpointWitness } from './checkpoint-witness.js';
import { SyslogSink } from './syslog-sink.js';

interface CheckpointParts {
  readonly context: ServiceContext;
  readonly configuration: GatewayConfiguration;
  readonly audit: AuditLog;
  readonly identity: LiveIdentity;
}

/**
 * The checkpoints of this gateway and the places they go to.
 * @throws ConfigurationError when one of these cannot be used.
 */
export async function auditCheckpoints(parts: CheckpointParts): Promise<AuditCheckpoints> {
  const { context, configuration, audit, identity } = parts;
  const file = await CheckpointFile.open(checkpointPath(configuration), audit);
  const sinks: readonly CheckpointSink[] = [
    file,
    new CheckpointLog(context.logger),
    ...witnesses(parts, file),
    ...syslog(configuration),
    ...s3(configuration, audit),
  ];
  const metrics = new AuditSinkMetrics(context.metrics);
  const deliveries = sinks.map(sink => new CheckpointDelivery(sink, metrics, context.logger));
  const settings = { writer: context.instance, intervalMs: configuration.audit.checkpointIntervalMs };
  return new AuditCheckpoints(audit, identity, settings, deliveries, context.logger);
}

/** Each gateway keeps a file of all checkpoints, whoever signed: on its own disk, out of reach of whoever has the store. */
function checkpointPath({ audit: { checkpointFile }, store: { kind, directory } }: GatewayConfiguration): string {
  if (checkpointFile !== undefined) return checkpointFile;
  if (kind === 'sqlite' && directory !== undefined) return join(directory, 'audit-checkpoints.jsonl');
  throw new ConfigurationError(
    'option audit.checkpointFile: with store.kind postgresql it must name a file of this gateway alone, on a disk that it keeps',
  );
}

/** The vaults that this gateway knows, by a connection of their own: it ends after the last checkpoint. */
function witnesses({ configuration, identity }: CheckpointParts, file: CheckpointFile): readonly CheckpointSink[] {
  const addresses = vaultAddressesOf(configuration);
  if (!configuration.audit.countersign || addresses.length === 0) return [];
  return [new CheckpointWitness(new KeyVaultClient(addresses, identity), file)];
}

function syslog({ audit }: GatewayConfiguration): readonly CheckpointSink[] {
  if (audit.syslog === undefined) return [];
  const { host, port, syslogTrustedCA, syslogKeyStorePath, syslogKeyStorePassword, syslogJksPassword } = audit.syslog;
  const tls = outgoingTls({
    trustOption: 'audit.syslog.syslogTrustedCA',
    trustedCA: syslogTrustedCA,
    jksPassword: syslogJksPassword,
    keyStoreOption: 'audit.syslog.syslogKeyStorePath',
    keyStorePath: syslogKeyStorePath,
    keyStorePassword: syslogKeyStorePassword,
  });
  return [new SyslogSink({ host, port, tls })];
}

function s3({ audit: { s3: bucket } }: GatewayConfiguration, audit: AuditLog): readonly CheckpointSink[] {
  return bucket === undefined ? [] : [new BucketSink(openCheckpointBucket(bucket), audit)];
}
