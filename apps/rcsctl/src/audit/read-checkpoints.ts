import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { auditCheckpointType, readAuditCheckpoint, StatementRefused, StatementVerifier } from '#grants';
import type { AuditCheckpoint } from '#store';

export interface CheckpointSource {
  readonly storeDirectory: string;
  /** The file of the option; audit-checkpoints.jsonl beside the store when absent. */
  readonly file: string | undefined;
  /** PEM file of the internal authority. */
  readonly caFile: string | undefined;
}

export interface KeptCheckpoints {
  readonly file: string;
  readonly checkpoints: readonly AuditCheckpoint[];
  /** Lines that no gateway of the authority signed. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * The checkpoints that gateways signed; undefined where no authority is given to judge them by.
 * @throws Error when a file of an option cannot be read.
 */
export async function readCheckpoints({
  storeDirectory,
  file,
  caFile,
}: CheckpointSource): Promise<KeptCheckpoints | undefined> {
  if (caFile === undefined) {
    if (file !== undefined)
      throw new Error('--checkpoints needs --ca, the internal authority that signed for the gateways');
    return undefined;
  }
  const path = file ?? join(storeDirectory, 'audit-checkpoints.jsonl');
  if (!existsSync(path)) throw new Error(`there are no checkpoints at ${path}; name their file with --checkpoints`);
  return readFile(path, new StatementVerifier(readFileSync(caFile), 'playback-gateway', auditCheckpointType));
}

async function readFile(file: string, verifier: StatementVerifier): Promise<KeptCheckpoints> {
  const checkpoints: AuditCheckpoint[] = [];
  const refused: { line: number; reason: string }[] = [];
  let line = 0;
  for await (const statement of createInterface({ input: createReadStream(file, 'utf8') })) {
    line++;
    if (statement === '') continue;
    try {
      checkpoints.push(readAuditCheckpoint(statement, verifier));
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      refused.push({ line, reason: error.message });
    }
  }
  return { file, checkpoints, refused };
}
