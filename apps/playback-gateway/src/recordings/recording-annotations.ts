import { Inject, Injectable } from '@nestjs/common';
import { isInForce, type DeletionProtectionStore, type JsonObject, type LabelStore, type LegalHoldStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** What people said of recordings, as fields of the resource. */
@Injectable()
export class RecordingAnnotations {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
  ) {}

  /** Answers the fields of each recording, by its id. */
  async of(ids: readonly string[]): Promise<(id: string) => JsonObject> {
    const [labels, protections, holds] = await Promise.all([
      this.labels.of(ids),
      this.protections.of(ids),
      this.holds.of(ids),
    ]);
    const now = Date.now();
    return id => ({
      nonDelete: protections.has(id),
      onHold: (holds.get(id) ?? []).some(hold => isInForce(hold, now)),
      labels: (labels.get(id) ?? []).map(({ name, user, time }) => ({ name, user, time })),
    });
  }
}
