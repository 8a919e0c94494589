import { Inject, Injectable } from '@nestjs/common';
import { ownerKey, type RecordingSearch, type RecordingSearchStore, type SearchPosition } from '#store';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import type { Erasure } from './removal.schema.js';

const pageSize = 100;

/** Recordings of one person: of whoever called or was called from a number, or of an agent. */
@Injectable()
export class SubjectRecordings {
  constructor(
    @Inject(storeTokens.recordingSearch) private readonly index: RecordingSearchStore,
    @Inject(CONFIGURATION) private readonly configuration: Pick<GatewayConfiguration, 'crRegion'>,
  ) {}

  /** So many ids at most. `isComplete` is false while recordings of before there was an index are put into it. */
  async find(
    contactCenter: string,
    subject: NonNullable<Erasure['subject']>,
    limit: number,
  ): Promise<{ readonly ids: readonly string[]; readonly isComplete: boolean }> {
    const ids = new Set<string>();
    for (const criteria of criteriaOf(subject)) {
      await this.collect({ contactCenter, region: this.configuration.crRegion, ...criteria }, ids, limit);
    }
    return { ids: [...ids], isComplete: await this.index.isComplete(contactCenter) };
  }

  private async collect(search: RecordingSearch, ids: Set<string>, limit: number): Promise<void> {
    let position: SearchPosition | undefined;
    do {
      const from = position === undefined ? {} : { position };
      const page = await this.index.search(search, { towards: 'older', limit: pageSize, examine: 5000, ...from });
      for (const { id } of page.recordings) if (ids.size < limit) ids.add(id);
      position = page.rest;
    } while (position !== undefined && ids.size < limit);
  }
}

const criteriaOf = (subject: NonNullable<Erasure['subject']>): readonly Partial<RecordingSearch>[] =>
  'userName' in subject
    ? [{ owners: [ownerKey.agent(subject.userName)] }]
    : [{ callerPhoneNumber: subject.phoneNumber }, { dialedPhoneNumber: subject.phoneNumber }];
