import { Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { Recording, User } from '#store';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { RecordingSearchService, type FoundRecordings } from '../recordings/recording-search.service.js';
import { positionText } from '../recordings/search-recordings.schema.js';
import type { ArchiveRequest, SearchCriteria } from './archive-request.schema.js';

const dayMs = 24 * 60 * 60_000;
const pageSize = 100;
const retryMs = 60_000;

/** The recordings that an archive is asked for, as far as the user may see them. */
@Injectable()
export class ArchiveSelection {
  constructor(
    private readonly readable: ReadableRecordings,
    private readonly finder: RecordingSearchService,
  ) {}

  /**
   * Recordings that are named are all looked up before the first of them is answered.
   * @throws RcsError for a named recording as whoever reads it would hear; RCS_SEARCH_INCOMPLETE where not all can be found yet
   */
  async of(
    user: User,
    request: ArchiveRequest,
    now = Date.now(),
  ): Promise<AsyncIterable<Recording> | Iterable<Recording>> {
    if (request.recordings === undefined) return this.search(user, criteriaOf(request, now));
    const recordings: Recording[] = [];
    for (const id of new Set(request.recordings)) recordings.push(await this.readable.find(user, id));
    return recordings;
  }

  /** The first page is looked up before anything is answered: what is not found yet would be missing without a word. */
  private async search(user: User, criteria: SearchCriteria): Promise<AsyncIterable<Recording>> {
    const first = await this.finder.search(user, { ...criteria, limit: pageSize });
    if (!first.isComplete)
      throw new RcsError('RCS_SEARCH_INCOMPLETE', 'recordings are still put into the index of searches', {
        retryAfterMs: retryMs,
      });
    return this.found(user, criteria, first);
  }

  private async *found(user: User, criteria: SearchCriteria, first: FoundRecordings): AsyncGenerator<Recording> {
    for (let page = first; ;) {
      yield* page.recordings;
      if (page.next === undefined) return;
      const position = positionText('older', page.next);
      page = await this.finder.search(user, { ...criteria, limit: pageSize, position });
    }
  }
}

function criteriaOf({ search, age }: ArchiveRequest, now: number): SearchCriteria {
  if (search !== undefined) return search;
  const { minimumDays = 0, maximumDays } = age ?? {};
  return {
    endTime: now - minimumDays * dayMs,
    ...(maximumDays === undefined ? {} : { startTime: now - maximumDays * dayMs }),
  };
}
