import { Inject, Injectable } from '@nestjs/common';
import type { DeletionProtectionStore, JsonObject, LabelStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** What people said of recordings, as fields of the resource. */
@Injectable()
export class RecordingAnnotations {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
  ) {}

  /** Answers the fields of each recording, by its id. */
  async of(ids: readonly string[]): Promise<(id: string) => JsonObject> {
    const [labels, protections] = await Promise.all([this.labels.of(ids), this.protections.of(ids)]);
    return id => ({
      nonDelete: protections.has(id),
      labels: (labels.get(id) ?? []).map(({ name, user, time }) => ({ name, user, time })),
    });
  }
}
