import { Inject, Injectable } from '@nestjs/common';
import { isSameSubject, type AuditLog, type ForgottenSubject } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { Erasure } from './removal.schema.js';
import { HeldSubjects } from './held-subjects.js';
import { RemovedTraces } from './removed-traces.js';

/** How often whoever could not be forgotten is looked at again: holds end by themselves, too. */
const lookAgainMs = 10_000;

/**
 * People whom the audit of a contact center is to forget: it keeps what happened, and destroys who it was. While a recording of
 * theirs is on legal hold it waits, since who did what with that recording is evidence as well.
 */
@Injectable()
export class ForgottenSubjects {
  private held: readonly ForgottenSubject[] = [];
  private looksAgain = 0;

  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly holds: HeldSubjects,
    private readonly traces: RemovedTraces,
  ) {}

  /** Durable when it resolves; the rounds of any gateway finish it. */
  async order(contactCenter: string, subject: NonNullable<Erasure['subject']>): Promise<void> {
    const named =
      'userName' in subject
        ? ({ kind: 'user', value: subject.userName } as const)
        : ({ kind: 'number', value: subject.phoneNumber } as const);
    await this.audit.forget({ contactCenter, ...named });
    this.looksAgain = 0;
  }

  /** Does what was ordered, as long as the signal lets it. False: something is left, also what must wait. */
  async finish(signal: AbortSignal): Promise<boolean> {
    const awaited = await this.audit.awaited();
    const free = await this.freeOf(awaited);
    while (!signal.aborted) {
      if (!(await this.audit.forgetNext(free))) return free.length === awaited.length;
      this.traces.note();
    }
    return false;
  }

  /** Those who are not held. Whoever was held a moment ago is not looked at again in each round. */
  private async freeOf(awaited: readonly ForgottenSubject[]): Promise<readonly ForgottenSubject[]> {
    if (Date.now() >= this.looksAgain) {
      this.held = [];
      this.looksAgain = Date.now() + lookAgainMs;
    }
    const isHeld = (subject: ForgottenSubject): boolean => this.held.some(one => isSameSubject(one, subject));
    const others = awaited.filter(subject => !isHeld(subject));
    this.held = [...this.held, ...(await this.holds.among(others))];
    return others.filter(subject => !isHeld(subject));
  }
}
