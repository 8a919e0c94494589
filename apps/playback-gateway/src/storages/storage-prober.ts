import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { HandedStorage, StorageProbeReply } from '#contracts';
import { boundTo, GrantSigner, storageProbeGrants, type SigningIdentity, type StorageProbeGrant } from '#grants';
import type { StorageName } from '#media-storage';
import { LiveIdentity, RcsError, type Current } from '#platform';
import { WorkerClient } from '../workers/worker-client.js';
import { WorkerDirectory } from '../workers/worker-directory.js';

/** A worker takes 5 s at most. */
const deadlineMs = 8_000;
/** Whoever looks again meanwhile sees what was seen. */
const freshForMs = 15_000;
const remembered = 1_000;
const atOnce = 8;
/** More would be known too late. */
const mostWaiting = 256;

/** One storage of a contact center, as a worker is to read it. */
export interface ProbedStorage extends StorageName {
  readonly contactCenter: string;
  /** Of one that the contact center set for itself. */
  readonly set?: { readonly version: string; readonly handed: HandedStorage };
}

/** What a worker saw of a storage; `undefined` where none could look. */
export interface StorageSight {
  readonly seen: StorageProbeReply | undefined;
  readonly checkedAt: Date;
}

/** Who asks: the worker's log and the grant name them. */
export interface Asking {
  readonly userName: string;
  readonly requestId: string;
}

/** Has workers see whether storages answer: a few at once, each storage once in a while, whoever asks. */
@Injectable()
export class StorageProber {
  private readonly signer: GrantSigner<StorageProbeGrant>;
  private readonly sights = new LRUCache<string, Promise<StorageSight>>({ max: remembered, ttl: freshForMs });
  private readonly limit = pLimit(atOnce);

  constructor(
    @Inject(LiveIdentity) identity: Current<SigningIdentity>,
    private readonly directory: WorkerDirectory,
    private readonly workers: WorkerClient,
  ) {
    this.signer = new GrantSigner(identity, storageProbeGrants);
  }

  /** @throws RcsError RCS_OVERLOADED while too many are looked at. */
  async look(storage: ProbedStorage, asking: Asking): Promise<StorageSight> {
    const { contactCenter, kind, url, set } = storage;
    const key = JSON.stringify([contactCenter, kind, url, set?.version ?? null]);
    const known = this.sights.get(key);
    if (known !== undefined) return known;
    if (this.limit.pendingCount >= mostWaiting)
      throw new RcsError('RCS_OVERLOADED', 'too many storages are looked at', { retryAfterMs: 5_000 });
    const looking = this.limit(() => this.ask(storage, asking));
    this.sights.set(key, looking);
    try {
      const sight = await looking;
      // Another worker may be there in a moment.
      if (sight.seen === undefined) this.sights.delete(key);
      return sight;
    } catch (error) {
      this.sights.delete(key);
      throw error;
    }
  }

  /** One worker after the other, also where one is of a version that cannot look yet. */
  private async ask(
    { contactCenter, kind, url, set }: ProbedStorage,
    { userName, requestId }: Asking,
  ): Promise<StorageSight> {
    const signal = AbortSignal.timeout(deadlineMs);
    const content = { sub: userName, contactCenter, kind, url, ...(set === undefined ? {} : { version: set.version }) };
    const tried = new Set<string>();
    while (tried.size < this.directory.count && !isOver(signal)) {
      const worker = this.directory.choose(tried);
      tried.add(worker.instance);
      try {
        const grant = this.signer.sign({ ...content, ...boundTo(worker.certificate) });
        const request = { grant, ...(set === undefined ? {} : { storage: set.handed }) };
        const seen = await this.workers.probeStorage(worker, request, requestId, signal);
        return { seen, checkedAt: new Date() };
      } catch (error) {
        if (!(error instanceof RcsError) && !isOver(signal)) throw error;
      }
    }
    return { seen: undefined, checkedAt: new Date() };
  }
}

const isOver = ({ aborted }: AbortSignal): boolean => aborted;
