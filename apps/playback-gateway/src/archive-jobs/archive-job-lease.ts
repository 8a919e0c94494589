import { describeError, RcsError, type Logger } from '#platform';
import type { ArchiveJob, ArchiveJobStep, ArchiveJobStore } from '#store';

/** A job whose gateway died goes on elsewhere after this. */
export const leaseMs = 10_000;
const renewEveryMs = 2000;

/** Why work on a job ends although nothing is wrong with it. */
export class JobLeftError extends Error {
  override readonly name = 'JobLeftError';
}

/** The hold of this gateway on a job: renewed while it works, and given up where the job is to go on no more. */
export class ArchiveJobLease {
  private readonly left = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private keptUntil = Date.now() + leaseMs;

  constructor(
    private readonly jobs: Pick<ArchiveJobStore, 'renew' | 'step'>,
    private readonly id: string,
    private readonly owner: string,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.timer = setInterval(() => void this.renew(), renewEveryMs);
  }

  /** Aborted when the job was paused, cancelled, or taken by somebody else. */
  get signal(): AbortSignal {
    return this.left.signal;
  }

  /** @throws JobLeftError when somebody else has it */
  async step(step: Pick<ArchiveJobStep, 'changes' | 'part' | 'state'>): Promise<ArchiveJob> {
    return this.written({ ...step, leaseUntil: Date.now() + leaseMs, release: false });
  }

  /** Gives it back, to be taken again not before then. */
  async release(step: Pick<ArchiveJobStep, 'changes' | 'state'>, notBefore = 0): Promise<void> {
    this.end();
    await this.written({ ...step, leaseUntil: notBefore, release: true });
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async written(step: Omit<ArchiveJobStep, 'id' | 'owner' | 'at'>): Promise<ArchiveJob> {
    const { id, owner } = this;
    const job = await this.jobs.step({ ...step, id, owner, at: new Date().toISOString() });
    if (job !== undefined) return job;
    throw new JobLeftError('another gateway has it');
  }

  private async renew(): Promise<void> {
    try {
      const until = Date.now() + leaseMs;
      const job = await this.jobs.renew(this.id, this.owner, until);
      this.keptUntil = until;
      if (job?.state !== 'running') this.left.abort(new JobLeftError(job?.state ?? 'another gateway has it'));
    } catch (error) {
      this.logger.warn({ job: this.id, error: describeError(error) }, 'the hold on an archive job is not renewed');
      if (Date.now() > this.keptUntil) this.left.abort(new RcsError('RCS_STORE_UNAVAILABLE', 'the hold is over'));
    }
  }
}
