import { Injectable } from '@nestjs/common';
import type { WorkerRegistration } from '#contracts';
import type { GrantContent } from '#grants';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { canGoElsewhere } from '../workers/worker-client.js';
import { WorkerDirectory } from '../workers/worker-directory.js';

/** Has workers do something with a stored file besides playing it. */
@Injectable()
export class WorkerErrands {
  constructor(
    private readonly grants: GrantIssuer,
    private readonly workers: WorkerDirectory,
  ) {}

  /** Asks one worker after the other, each with a grant of its own, until one can do it. */
  async run<Answer>(
    content: GrantContent,
    ask: (worker: WorkerRegistration, grant: string) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const tried = new Set<string>();
    for (;;) {
      const worker = this.workers.choose(tried);
      tried.add(worker.instance);
      try {
        return await this.grants.withGrant(content, grant => ask(worker, grant), worker.certificate);
      } catch (error) {
        if (signal.aborted || !canGoElsewhere(error)) throw error;
        this.workers.suspend(worker.instance);
      }
    }
  }
}
