import { Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import { searchPositionOf, type Recording, type User } from '#store';
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

  /**
   * The same in a form that goes on behind a place: of recordings that are named, those that are gone are passed by.
   * @param position of the last that was taken; undefined for the beginning. @throws RcsError RCS_SEARCH_INCOMPLETE
   */
  async behind(
    user: User,
    request: ArchiveRequest,
    position: string | undefined,
  ): Promise<AsyncIterable<PlacedRecording>> {
    if (request.recordings !== undefined) return named([...new Set(request.recordings)], Number(position ?? 0));
    return placed(await this.search(user, criteriaOf(request, Date.now()), position), position);
  }

  /** The first page is looked up before anything is answered: what is not found yet would be missing without a word. */
  private async search(user: User, criteria: SearchCriteria, position?: string): Promise<AsyncIterable<Recording>> {
    const from = position === undefined ? {} : { position };
    const first = await this.finder.search(user, { ...criteria, limit: pageSize, ...from });
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

/** A recording, and the place behind it. */
export interface PlacedRecording {
  readonly recording: Pick<Recording, 'id'>;
  readonly position: string;
}

// eslint-disable-next-line @typescript-eslint/require-await -- in the form of the other one
async function* named(ids: readonly string[], first: number): AsyncGenerator<PlacedRecording> {
  for (const [index, id] of ids.entries()) if (index >= first) yield { recording: { id }, position: `${index + 1}` };
}

/** A search goes on with the recording of its position, which was taken: where it is still there it comes first. */
async function* placed(
  recordings: AsyncIterable<Recording>,
  behind: string | undefined,
): AsyncGenerator<PlacedRecording> {
  for await (const recording of recordings) {
    const position = positionText('older', searchPositionOf(recording));
    if (position !== behind) yield { recording, position };
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
