import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { GrantContent } from '#grants';
import { RcsError } from '#platform';
import type { ArchiveJob, ArchivePart, UnfinishedPart } from '#store';
import { LocationClaims } from '../media-index/location-claims.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { SetStorages } from '../settings/set-storages.service.js';
import { resumedBody } from '../workers/resumed-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';
import { WorkerClient } from '../workers/worker-client.js';

type PlacedJob = Pick<ArchiveJob, 'id' | 'contactCenter' | 'destination' | 'name' | 'createdBy'>;

/** What was written of a part. */
export interface WrittenPart {
  readonly length: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A worker takes nothing, or gives no answer, for so long; it gives up earlier where its storage does so. */
const stalledAfterMs = 300_000;

/** Where a part lies, below its storage. */
export function pathOfPart({ destination, name }: Pick<ArchiveJob, 'destination' | 'name'>, number: number): string {
  const folder = destination.path.replace(/\/+$/, '');
  const file = `${name}-${String(number).padStart(4, '0')}.zip`;
  return folder === '' ? file : `${folder}/${file}`;
}

/** Parts of archives in the storages of contact centers: workers write and read them, a gateway reaches no storage. */
@Injectable()
export class ArchiveParts {
  constructor(
    private readonly claims: LocationClaims,
    private readonly setStorages: SetStorages,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
  ) {}

  /** @throws RcsError RCS_MEDIA_LOCATION_REFUSED, RCS_STORAGE_INACTIVE where the contact center may not write */
  async requirePlace(job: PlacedJob): Promise<void> {
    const { storage } = job.destination;
    const descriptor = { storage, path: pathOfPart(job, 1) };
    await this.claims.placeOf(descriptor, job.contactCenter);
    const set = await this.setStorages.find(descriptor, job.contactCenter);
    if (set?.isActive === false) throw new RcsError('RCS_STORAGE_INACTIVE');
  }

  /** Writes a part under a name of its own. @throws RcsError of the worker, or what the part fails with */
  async write(
    job: PlacedJob,
    { part, attempt }: UnfinishedPart,
    pieces: AsyncIterable<Buffer>,
    signal: AbortSignal,
  ): Promise<WrittenPart> {
    const hash = createHash('sha256');
    const begun = new AbortController();
    const stalled = new AbortController();
    const watch = setTimeout(() => stalled.abort(new RcsError('RCS_TIMEOUT', 'a part stands still')), stalledAfterMs);
    const moving = AbortSignal.any([signal, stalled.signal]);
    const state: { failure?: unknown; length: number } = { length: 0 };
    // What the part itself fails with is told apart from what ends whoever takes it: a stream throws that in here.
    const noted = async (source: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> => {
      try {
        return await source.next();
      } catch (error) {
        state.failure = error;
        throw error;
      }
    };
    async function* watched(): AsyncGenerator<Buffer> {
      const source = pieces[Symbol.asyncIterator]();
      try {
        for (let next = await noted(source); next.done !== true; next = await noted(source)) {
          watch.refresh();
          hash.update(next.value);
          state.length += next.value.length;
          yield next.value;
        }
      } finally {
        await source.return?.();
      }
    }
    try {
      const length = await this.errands.run(
        grantOf(job, part),
        async (worker, granted) => {
          if (begun.signal.aborted) throw new RcsError('RCS_WORKER_FAILED', 'what comes once was begun before');
          try {
            return await this.workers.uploadArchive(
              worker,
              { ...granted, attempt },
              watched(),
              job.createdBy.requestId,
              moving,
            );
          } catch (error) {
            // It comes once only: another worker would get the rest of it.
            if (state.length > 0 || state.failure !== undefined) begun.abort();
            throw error;
          }
        },
        AbortSignal.any([moving, begun.signal]),
      );
      if (length !== state.length)
        throw new RcsError('RCS_STORAGE_FAILED', `${length} bytes of ${state.length} were written`);
      return { length, sha256: hash.digest('hex') };
    } catch (error) {
      throw state.failure ?? error;
    } finally {
      clearTimeout(watch);
    }
  }

  /** Gives a part that is written its name; again is as good as once. */
  publish(job: PlacedJob, { number, length }: ArchivePart, attempt: string, signal: AbortSignal): Promise<void> {
    return this.errands.run(
      grantOf(job, number),
      (worker, granted) => {
        const request = { ...granted, act: 'publish' as const, attempt, length };
        return this.workers.archivePart(worker, request, job.createdBy.requestId, signal);
      },
      signal,
    );
  }

  /** Removes what was written of a part that did not become one. */
  discard(job: PlacedJob, { part, attempt }: UnfinishedPart, signal: AbortSignal): Promise<void> {
    return this.errands.run(
      grantOf(job, part),
      (worker, granted) => {
        const request = { ...granted, act: 'discard' as const, attempt };
        return this.workers.archivePart(worker, request, job.createdBy.requestId, signal);
      },
      signal,
    );
  }

  /**
   * Bytes of a part; where a worker breaks off another one goes on from the very byte.
   * @throws RcsError before the first piece where the part is not there or is another one
   */
  async read(
    job: PlacedJob,
    part: ArchivePart,
    { start, end }: { readonly start: number; readonly end: number },
    requestId: string,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Buffer>> {
    const ask = async (from: number): Promise<WorkerAnswer> => {
      const answer = await this.errands.run(
        grantOf(job, part.number),
        (worker, granted) => {
          const request = { ...granted, act: 'read' as const, start: from, end, length: part.length };
          return this.workers.readArchivePart(worker, request, requestId, signal);
        },
        signal,
      );
      if (bodyLengthOf(answer) !== end - from) throw new RcsError('RCS_STORAGE_CHANGED');
      return answer;
    };
    return resumedBody(await ask(start), start, ask, signal);
  }
}

const grantOf = (job: PlacedJob, part: number): GrantContent => ({
  sub: job.createdBy.user,
  contactCenter: job.contactCenter,
  recording: job.id,
  mediaFile: `part ${part}`,
  location: { storage: job.destination.storage, path: pathOfPart(job, part) },
  purpose: 'archive-part',
});
