import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import {
  ownerKey,
  type Recording,
  type RecordingSearch,
  type RecordingSearchStore,
  type SearchPosition,
  type SearchWindow,
  type User,
} from '#store';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import { narrowingOwners } from './narrowing-owners.js';
import { placeOf, type SearchRecordings } from './search-recordings.schema.js';

/** Rows of the index that one request looks at. */
const examinedRows = 5000;

export interface FoundRecordings {
  /** The latest start first. */
  readonly recordings: readonly Recording[];
  /** Where the pages after and before this one begin; absent where there is none. */
  readonly next?: SearchPosition;
  readonly previous?: SearchPosition;
  /** False while recordings of before there was an index are put into it. */
  readonly isComplete: boolean;
}

/** @throws RcsError RCS_INSUFFICIENT_ROLE for accounts that see no recording. */
export function requireListener({ roles, contactCenter }: User): void {
  if (contactCenter !== undefined && !roles.includes('ops') && !roles.includes('recorder')) return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'operations accounts and the recorder see and play no recording');
}

/** Finds recordings that a user may see. */
@Injectable()
export class RecordingSearchService {
  private readonly region: string;

  constructor(
    @Inject(storeTokens.recordingSearch) private readonly index: RecordingSearchStore,
    private readonly authorisation: AuthorisationService,
    @Inject(CONFIGURATION) { crRegion }: Pick<GatewayConfiguration, 'crRegion'>,
  ) {
    this.region = crRegion;
  }

  /**
   * One page. It may have fewer recordings than were asked for, and none, although there are more: then `next` is there.
   * @throws RcsError RCS_STORE_UNAVAILABLE, RCS_DIRECTORY_UNAVAILABLE
   */
  async search(user: User, asked: SearchRecordings): Promise<FoundRecordings> {
    const { contactCenter } = user;
    if (contactCenter === undefined) return { recordings: [], isComplete: true };
    const { towards, position } = placeOf(asked.position);
    const search = this.searchFor(user, contactCenter, asked);
    const { recordings, rest } = await this.visible(user, search, { towards, limit: asked.limit, ...from(position) });
    const isComplete = await this.index.isComplete(contactCenter);
    const inOrder = towards === 'older' ? recordings : recordings.toReversed();
    const [next, previous] = towards === 'older' ? [rest, position] : [position, rest];
    return { recordings: inOrder, isComplete, ...(next && { next }), ...(previous && { previous }) };
  }

  private searchFor(user: User, contactCenter: string, asked: SearchRecordings): RecordingSearch {
    const { callerPhoneNumber, dialedPhoneNumber, userName, startTime, endTime } = asked;
    const owners = userName === undefined ? narrowingOwners(user) : [ownerKey.agent(userName)];
    return {
      contactCenter,
      region: this.region,
      ...(callerPhoneNumber === undefined ? {} : { callerPhoneNumber }),
      ...(dialedPhoneNumber === undefined ? {} : { dialedPhoneNumber }),
      ...(startTime === undefined ? {} : { startedFrom: startTime }),
      ...(endTime === undefined ? {} : { startedBefore: endTime }),
      ...(owners === undefined ? {} : { owners }),
    };
  }

  /** What the index says decides nothing: every recording is judged as if it were read by its id. */
  private async visible(user: User, search: RecordingSearch, window: Omit<SearchWindow, 'examine'>) {
    const mayRead = this.authorisation.reader(user);
    const recordings: Recording[] = [];
    let examined = 0;
    let { position } = window;
    for (;;) {
      const limit = window.limit - recordings.length;
      const examine = examinedRows - examined;
      const page = await this.index.search(search, { towards: window.towards, limit, examine, ...from(position) });
      for (const recording of page.recordings) if (await mayRead(recording)) recordings.push(recording);
      examined += page.examined;
      position = page.rest;
      if (position === undefined || recordings.length === window.limit || examined >= examinedRows) {
        return { recordings, rest: position };
      }
    }
  }
}

const from = (position: SearchPosition | undefined) => (position === undefined ? {} : { position });
