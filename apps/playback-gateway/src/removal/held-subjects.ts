import { Inject, Injectable } from '@nestjs/common';
import { isInForce, type ForgottenSubject, type LegalHoldStore, type RetentionStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { SubjectRecordings } from './subject-recordings.js';

/** Recordings that are looked at of one person: whoever has more is taken as held until the others are gone. */
const lookedAt = 1000;

/** People of whom a recording, or a media file of one, is on legal hold. */
@Injectable()
export class HeldSubjects {
  constructor(
    private readonly recordings: SubjectRecordings,
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
  ) {}

  async among(subjects: readonly ForgottenSubject[]): Promise<readonly ForgottenSubject[]> {
    const held: ForgottenSubject[] = [];
    for (const subject of subjects) if (await this.isHeld(subject)) held.push(subject);
    return held;
  }

  private async isHeld({ contactCenter, kind, value }: ForgottenSubject): Promise<boolean> {
    const named = kind === 'user' ? { userName: value } : { phoneNumber: value };
    const { ids, isComplete } = await this.recordings.find(contactCenter, named, lookedAt);
    if (!isComplete || ids.length >= lookedAt) return true;
    const now = await this.retention.notAhead(Date.now());
    const holds = await this.holds.of(ids);
    return [...holds.values()].some(ofRecording => ofRecording.some(hold => isInForce(hold, now)));
  }
}
