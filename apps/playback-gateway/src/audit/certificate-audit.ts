import { Inject, Injectable } from '@nestjs/common';
import { describeError } from '#platform';
import type { AuditEntry, AuditLog } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { Administrator } from '../access/certificate-administrator.js';

export type CertificateEvent =
  | 'certificate-inspected'
  | 'certificates-listed'
  | 'certificate-read'
  | 'certificate-uploaded'
  | 'certificate-deleted'
  | 'certificate-renewed'
  | 'certificate-key-generated'
  | 'certificate-request-created'
  | 'certificate-attached'
  | 'certificate-key-removed'
  | 'certificate-key-restored'
  | 'certificates-assigned'
  | 'certificates-unassigned'
  | 'assignments-read'
  | 'assignments-imported'
  | 'rewrap-started'
  | 'rewrap-paused'
  | 'rewrap-resumed'
  | 'rewrap-read'
  | 'media-index-read'
  | 'media-index-retried'
  | 'media-given-up'
  | 'custody-read'
  | 'custody-proved'
  | 'archives-listed'
  | 'archive-released';

export interface AuditedAct {
  readonly event: CertificateEvent;
  readonly certificateAlias?: string;
  readonly detail?: string;
}

/** Writes what administrators do: the intention before anything happens, and a second record when it fails. */
@Injectable()
export class CertificateAudit {
  constructor(@Inject(storeTokens.audit) private readonly audit: AuditLog) {}

  /** Runs `work` once the record of it is durable. @throws RcsError RCS_AUDIT_UNAVAILABLE, or what `work` throws. */
  async act<T>(administrator: Administrator, act: AuditedAct, work: () => Promise<T>): Promise<T> {
    const entry = entryOf(administrator, act);
    await this.audit.append({ ...entry, outcome: 'allowed' });
    try {
      return await work();
    } catch (error) {
      await this.audit.append({ ...entry, outcome: 'failed', detail: describeError(error) });
      throw error;
    }
  }

  /** Runs checks that come before an act; what they refuse is recorded. @throws what `check` throws. */
  async check<T>(administrator: Administrator, act: AuditedAct, check: () => Promise<T> | T): Promise<T> {
    try {
      return await check();
    } catch (error) {
      await this.audit.append({ ...entryOf(administrator, act), outcome: 'refused', detail: describeError(error) });
      throw error;
    }
  }

  /** Notes something that a run did by itself. */
  async note(entry: AuditEntry): Promise<void> {
    await this.audit.append(entry);
  }
}

function entryOf({ name, contactCenter, address, requestId }: Administrator, act: AuditedAct) {
  return { ...act, user: name, contactCenter, address, requestId };
}
