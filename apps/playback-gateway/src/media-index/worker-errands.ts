import { Inject, Injectable } from '@nestjs/common';
import type { HandedStorage, WorkerRegistration } from '#contracts';
import type { GrantContent } from '#grants';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { SetStorages } from '../settings/set-storages.service.js';
import { canGoElsewhere } from '../workers/worker-answer.js';
import { WorkerDirectory } from '../workers/worker-directory.js';

/** What a worker is shown: the grant, and the storage that it names where that is one of those that were set. */
export interface Granted {
  readonly grant: string;
  readonly storage?: HandedStorage;
}

/** Has workers do something with a stored file besides playing it. */
@Injectable()
export class WorkerErrands {
  constructor(
    private readonly grants: GrantIssuer,
    private readonly workers: WorkerDirectory,
    @Inject(SetStorages) private readonly setStorages: Pick<SetStorages, 'find'>,
  ) {}

  /** Asks one worker after the other, each with a grant of its own, until one can do it. */
  async run<Answer>(
    content: GrantContent,
    ask: (worker: WorkerRegistration, granted: Granted) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const set = await this.setStorages.find(content.location, content.contactCenter);
    const wanted = set === undefined ? content : { ...content, storage: set.granted };
    const storage = set === undefined ? {} : { storage: set.handed };
    const tried = new Set<string>();
    for (;;) {
      const worker = this.workers.choose(tried);
      tried.add(worker.instance);
      try {
        return await this.grants.withGrant(wanted, grant => ask(worker, { grant, ...storage }), worker.certificate);
      } catch (error) {
        if (signal.aborted || !canGoElsewhere(error)) throw error;
        this.workers.suspend(worker.instance);
      }
    }
  }
}
