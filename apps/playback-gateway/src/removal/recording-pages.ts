import { z } from 'zod';
import { RcsError } from '#platform';
import type { CustodyStore, Recording, RecordingSearchStore, SearchPosition } from '#store';

/** Recordings that a page looks at. */
export const recordingsOfPage = 500;

/** Some of the recordings of a contact center, and where the next ones begin; `next` is absent at the end. */
export interface RecordingPage {
  readonly recordings: readonly Pick<Recording, 'mediaFiles'>[];
  readonly next?: string;
}

/** All recordings of a contact center, page by page, in whatever order their store has them. */
export abstract class RecordingPages {
  /** @param after `next` of the page before; empty for the first one. @throws RcsError RCS_INVALID_VALUE for no such place */
  abstract behind(contactCenter: string, after: string): Promise<RecordingPage>;
}

/** In the order of their ids. */
export class PagesById extends RecordingPages {
  constructor(private readonly store: Pick<CustodyStore, 'page'>) {
    super();
  }

  async behind(contactCenter: string, after: string): Promise<RecordingPage> {
    const page = await this.store.page(contactCenter, after, recordingsOfPage);
    const recordings = page.map(({ recording }) => recording);
    const last = page.length < recordingsOfPage ? undefined : page.at(-1);
    return { recordings, ...(last === undefined ? {} : { next: last.recording.id }) };
  }
}

/** By the index of searches, the newest first: where recordings lie in Cassandra there is no other order. Those of a region. */
export class PagesByTime extends RecordingPages {
  constructor(
    private readonly index: Pick<RecordingSearchStore, 'search'>,
    private readonly region: string,
  ) {
    super();
  }

  async behind(contactCenter: string, after: string): Promise<RecordingPage> {
    const window = { towards: 'older', limit: recordingsOfPage, examine: recordingsOfPage } as const;
    const { recordings, rest } = await this.index.search(
      { contactCenter, region: this.region },
      after === '' ? window : { ...window, position: positionIn(after) },
    );
    return { recordings, ...(rest === undefined ? {} : { next: placeText(rest) }) };
  }
}

const placeSchema = z.tuple([z.int(), z.string().max(128)]);

/** It tells nothing but where a page begins. */
const placeText = ({ startTime, id }: SearchPosition): string =>
  Buffer.from(JSON.stringify([startTime, id])).toString('base64url');

function positionIn(place: string): SearchPosition {
  try {
    const [startTime, id] = placeSchema.parse(JSON.parse(Buffer.from(place, 'base64url').toString()));
    return { startTime, id };
  } catch (error) {
    const publicDetail = 'after: take it from the answer before';
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail, cause: error });
  }
}
