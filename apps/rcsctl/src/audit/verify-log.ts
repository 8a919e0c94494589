import { join } from 'node:path';
import { openCheckpointBucket, type CheckpointBucket } from '#checkpoint-bucket';
import { auditArchiveType, CertificateTrust, StatementVerifier } from '#grants';
import { ConfigurationError } from '#platform';
import type { AuditLog, AuditVerification } from '#store';
import { internalAuthority, readAuthorities } from '../configuration/authorities.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import type { ArchiveTrust } from './archive/check-archive.js';
import { judgeArchives, type ArchiveJudgement } from './archive/judge-archives.js';
import { authorityFile, storeDirectory, type StoreOptions } from './audit-store.js';
import type { FoundCheckpoints } from './found-checkpoints.js';
import { judgeCheckpoints, type CheckpointJudgement } from './judge-checkpoints.js';
import { readCheckpoints } from './read-checkpoints.js';

/** What a log is compared with. */
export interface ComparisonOptions extends StoreOptions {
  readonly checkpoints?: readonly string[];
  readonly witness?: readonly string[];
  readonly archives?: readonly string[];
  readonly s3?: boolean;
  readonly ca?: string;
}

export interface VerifiedLog {
  readonly result: AuditVerification;
  readonly found: FoundCheckpoints;
  readonly judged: CheckpointJudgement;
  readonly archived: ArchiveJudgement;
}

/** Whose signatures count: those under the internal authority of the options. */
export function archiveTrust(options: ComparisonOptions): ArchiveTrust {
  const caPem = readAuthorities(internalAuthority, authorityFile(options, options.ca));
  return {
    seals: new StatementVerifier(caPem, 'operator', auditArchiveType),
    checkpoints: new CertificateTrust(caPem),
  };
}

/** Proves records, checkpoints and archives of a log, each by the others. */
export async function verifyLog(audit: AuditLog, options: ComparisonOptions): Promise<VerifiedLog> {
  const bucket = options.s3 === true ? configuredBucket(options) : undefined;
  const found = await readCheckpoints({
    audit,
    caFile: authorityFile(options, options.ca),
    files: options.checkpoints ?? [checkpointFile(options)],
    witnesses: options.witness ?? [],
    bucket,
  }).finally(() => bucket?.close());
  const judged = await judgeCheckpoints(found, Date.now());
  const archived = await judgeArchives(audit, archiveTrust(options), options.archives ?? []);
  const result = await audit.verify(found.vouched(), archived.part);
  return { result, found, judged, archived };
}

/** @throws Error when the configuration names none. */
function configuredBucket({ config }: StoreOptions): CheckpointBucket {
  const { s3 } = readConfiguration(config).audit;
  if (s3 === undefined) throw new Error('--s3: the configuration has no audit.s3');
  return openCheckpointBucket(s3);
}

/**
 * Where gateways of the store write their checkpoints.
 * @throws ConfigurationError where nobody says which, and the records are not in files either.
 */
export function checkpointFile(options: StoreOptions): string {
  if (options.store === undefined) {
    const { audit, store } = readConfiguration(options.config);
    if (audit.checkpointFile !== undefined) return audit.checkpointFile;
    if (store?.kind === 'postgresql')
      throw new ConfigurationError(
        'audit.checkpointFile: name the checkpoints of a gateway, there or by --checkpoints',
      );
  }
  return join(storeDirectory(options), 'audit-checkpoints.jsonl');
}
