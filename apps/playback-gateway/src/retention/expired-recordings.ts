import { Inject, Injectable } from '@nestjs/common';
import {
  earliestStartKept,
  expiryOf,
  isInForce,
  type DeletionProtectionStore,
  type LabelStore,
  type LegalHoldStore,
  type Recording,
  type RecordingSearchStore,
  type RetentionRule,
  type SearchPosition,
} from '#store';
import { isMounted } from '../removal/mounted-recording.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';

const pageSize = 100;
const examinedRows = 5000;

/** Finds what has expired by the rules of a contact center. */
@Injectable()
export class ExpiredRecordings {
  constructor(
    @Inject(storeTokens.recordingSearch) private readonly index: RecordingSearchStore,
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
    @Inject(CONFIGURATION) private readonly configuration: Pick<GatewayConfiguration, 'crRegion'>,
  ) {}

  /**
   * In pages, the latest first. What is protected, or held whole, or lies in a mounted archive is not among them.
   * @param now milliseconds since the epoch
   */
  async *pages(
    contactCenter: string,
    rules: readonly RetentionRule[],
    now: number,
  ): AsyncIterable<readonly Recording[]> {
    const startedBefore = earliestStartKept(rules, now);
    if (startedBefore === undefined) return;
    const search = { contactCenter, region: this.configuration.crRegion, startedBefore };
    let position: SearchPosition | undefined;
    do {
      const from = position === undefined ? {} : { position };
      const page = await this.index.search(search, {
        towards: 'older',
        limit: pageSize,
        examine: examinedRows,
        ...from,
      });
      yield await this.expired(page.recordings, rules, now);
      position = page.rest;
    } while (position !== undefined);
  }

  private async expired(recordings: readonly Recording[], rules: readonly RetentionRule[], now: number) {
    const ids = recordings.map(({ id }) => id);
    const [labels, protections, holds] = await Promise.all([
      this.labels.of(ids),
      this.protections.of(ids),
      this.holds.of(ids),
    ]);
    return recordings.filter(recording => {
      const { id } = recording;
      const isHeld = (holds.get(id) ?? []).some(hold => hold.mediaId === undefined && isInForce(hold, now));
      if (isHeld || protections.has(id) || isMounted(recording)) return false;
      const names = (labels.get(id) ?? []).map(({ name }) => name);
      return (expiryOf(recording, names, rules) ?? Infinity) <= now;
    });
  }
}
