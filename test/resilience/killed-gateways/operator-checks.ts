import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';

const repository = join(__dirname, '../../..');

interface VerifiedAudit {
  readonly problems: readonly { readonly kind: string }[];
  readonly checkpoints: {
    readonly problems: readonly { readonly kind: string }[];
    readonly refused: readonly unknown[];
  };
}

interface CheckedStore {
  readonly findings: readonly { readonly check: string; readonly verdict: string }[];
}

/** What operators would look at by commands. */
export class OperatorChecks {
  constructor(
    private readonly cluster: RunningCluster,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Nobody changed, removed or moved a record; gateways that were killed are late, and left their last records unsealed. */
  async audit(checkpointFiles: readonly string[]): Promise<void> {
    const command = [
      'audit',
      'verify',
      '--json',
      '--ca',
      this.cluster.ready.caFile,
      '--checkpoints',
      ...checkpointFiles,
    ];
    const { problems, checkpoints } = await this.answered<VerifiedAudit>(command);
    const kinds = new Set([...problems, ...checkpoints.problems].map(({ kind }) => kind));
    for (const kind of ['late', 'unsealed']) kinds.delete(kind);
    expect([[...kinds], checkpoints.refused]).toEqual([[], []]);
  }

  /** The kept counts among them. */
  async store(): Promise<void> {
    const { findings } = await this.answered<CheckedStore>(['store', 'check', '--json']);
    expect(findings.filter(({ verdict }) => verdict === 'bad')).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'counts', verdict: 'good' }));
  }

  private async answered<Answer>(command: readonly string[]): Promise<Answer> {
    const { stdout, stderr } = await rcsctl(repository, this.cluster.ready.dataDir, command, this.environment);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Answer;
  }
}
