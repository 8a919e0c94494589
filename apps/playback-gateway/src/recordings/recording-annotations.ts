import { Inject, Injectable } from '@nestjs/common';
import {
  expiryOf,
  isInForce,
  type DeletionProtectionStore,
  type JsonObject,
  type LabelStore,
  type LegalHoldStore,
  type Recording,
  type RetentionRule,
  type RetentionStore,
} from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** What people said of recordings, as fields of the resource. */
@Injectable()
export class RecordingAnnotations {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
    @Inject(storeTokens.retention) private readonly retention: RetentionStore,
  ) {}

  /** Answers the fields of each recording. */
  async of(recordings: readonly Recording[]): Promise<(recording: Recording) => JsonObject> {
    const ids = recordings.map(({ id }) => id);
    const [labels, protections, holds, rulesOf] = await Promise.all([
      this.labels.of(ids),
      this.protections.of(ids),
      this.holds.of(ids),
      this.rulesOf(recordings),
    ]);
    const now = Date.now();
    return recording => {
      const borne = labels.get(recording.id) ?? [];
      const names = borne.map(({ name }) => name);
      const expiry = expiryOf(recording, names, rulesOf.get(recording.contactCenter) ?? []);
      return {
        nonDelete: protections.has(recording.id),
        onHold: (holds.get(recording.id) ?? []).some(hold => isInForce(hold, now)),
        ...(expiry === undefined ? {} : { expiryTime: new Date(expiry).toISOString() }),
        labels: borne.map(({ name, user, time }) => ({ name, user, time })),
      };
    };
  }

  private async rulesOf(recordings: readonly Recording[]): Promise<ReadonlyMap<string, readonly RetentionRule[]>> {
    const contactCenters = [...new Set(recordings.map(({ contactCenter }) => contactCenter))];
    const rules = contactCenters.map(async id => [id, await this.retention.rulesOf(id)] as const);
    return new Map(await Promise.all(rules));
  }
}
