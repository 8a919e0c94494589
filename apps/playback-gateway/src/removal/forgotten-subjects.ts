import { Inject, Injectable } from '@nestjs/common';
import type { AuditLog } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { Erasure } from './removal.schema.js';
import { RemovedTraces } from './removed-traces.js';

/** People whom the audit of a contact center is to forget: it keeps what happened, and destroys who it was. */
@Injectable()
export class ForgottenSubjects {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly traces: RemovedTraces,
  ) {}

  /** Durable when it resolves; the rounds of any gateway finish it. */
  async order(contactCenter: string, subject: NonNullable<Erasure['subject']>): Promise<void> {
    const named =
      'userName' in subject
        ? ({ kind: 'user', value: subject.userName } as const)
        : ({ kind: 'number', value: subject.phoneNumber } as const);
    await this.audit.forget({ contactCenter, ...named });
  }

  /** Does what was ordered, as long as the signal lets it. False: something is left. */
  async finish(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (!(await this.audit.forgetNext())) return true;
      this.traces.note();
    }
    return false;
  }
}
