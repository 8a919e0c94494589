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
  type User,
} from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { SeenMarks } from '../listeners/seen-marks.js';

/** What people said of recordings, and whether the user has seen them, as fields of the resource. */
@Injectable()
export class RecordingAnnotations {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
    @Inject(storeTokens.retention) private readonly retention: RetentionStore,
    private readonly seenMarks: SeenMarks,
  ) {}

  /** Answers the fields of each recording. */
  async of(user: User, recordings: readonly Recording[]): Promise<(recording: Recording) => JsonObject> {
    const ids = recordings.map(({ id }) => id);
    const [labels, protections, holds, rulesOf, seen] = await Promise.all([
      this.labels.of(ids),
      this.protections.of(ids),
      this.holds.of(ids),
      this.rulesOf(recordings),
      this.seenMarks.of(user, ids),
    ]);
    const now = Date.now();
    return recording => {
      const borne = labels.get(recording.id) ?? [];
      const names = borne.map(({ name }) => name);
      const expiry = expiryOf(recording, names, rulesOf.get(recording.contactCenter) ?? []);
      const seenTime = seen.get(recording.id);
      return {
        seen: seenTime !== undefined,
        ...(seenTime === undefined ? {} : { seenTime }),
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
