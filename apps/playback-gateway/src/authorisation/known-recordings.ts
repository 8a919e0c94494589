import { Inject, Injectable } from '@nestjs/common';
import type { Recording, RecordingStore, User } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** Where recordings come from that nobody inserted here. */
export interface RecordingSource {
  /**
   * Takes a recording of the user's contact center into the store. Undefined where there is none of that id.
   * @throws RcsError RCS_RECORDING_SOURCE_UNAVAILABLE, RCS_RECORDING_SOURCE_REFUSED, RCS_OVERLOADED
   */
  take(user: User, id: string, requestId?: string): Promise<Recording | undefined>;
}

export const RECORDING_SOURCE = Symbol('RecordingSource');

/**
 * Recordings by their ids, whoever may see them: those of the store, then those of the source of the user's contact
 * center. What the store has is never asked for elsewhere, so nobody else can change what is known of it.
 */
@Injectable()
export class KnownRecordings {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'find'>,
    @Inject(RECORDING_SOURCE) private readonly source: RecordingSource,
  ) {}

  /** @throws RcsError RCS_STORE_UNAVAILABLE, and what the source throws */
  async find(user: User, id: string, requestId?: string): Promise<Recording | undefined> {
    return (await this.recordings.find(id)) ?? (await this.source.take(user, id, requestId));
  }
}
