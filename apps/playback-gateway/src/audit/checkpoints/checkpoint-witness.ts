import type { AuditCheckpointNote } from '#grants';
import type { KeyVaultClient } from '#key-vault-client';
import type { CheckpointFile } from './checkpoint-file.js';
import type { CheckpointSink } from './checkpoint-sink.js';

const countersignTimeoutMs = 8000;

/**
 * A key vault: it writes the checkpoint into its own journal, where no gateway and no writer of the store can reach it, and
 * signs that it did. What it signed lies beside the checkpoint.
 */
export class CheckpointWitness implements CheckpointSink {
  readonly name = 'vault';

  constructor(
    private readonly vaults: KeyVaultClient,
    private readonly file: CheckpointFile,
  ) {}

  async keep({ note, digest }: AuditCheckpointNote): Promise<void> {
    const { countersignature } = await this.vaults.anyVault(countersignTimeoutMs, (vault, timeoutMs) =>
      vault.call('CountersignAuditCheckpoint', { checkpoint: note }, { timeoutMs }),
    );
    await this.file.keepWitness({ countersigned: digest, countersignature });
  }

  close(): Promise<void> {
    this.vaults.close();
    return Promise.resolve();
  }
}
