import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AssignedThings, AuditLog, KeyManagerOwner } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { userOf } from '../http/current-user.js';

/** Writes what administrators of the local key manager did, where the contact center that it concerns can read it. */
@Injectable()
export class KeyManagerAudit {
  constructor(@Inject(storeTokens.audit) private readonly audit: AuditLog) {}

  /** @throws RcsError RCS_AUDIT_UNAVAILABLE */
  async done(
    request: FastifyRequest,
    event: string,
    contactCenter: KeyManagerOwner,
    detail: string | undefined,
  ): Promise<void> {
    await this.audit.append({
      event,
      outcome: 'done',
      user: userOf(request).name,
      ...(contactCenter === undefined ? {} : { contactCenter }),
      address: request.ip,
      requestId: request.id,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

/** What was assigned, as the audit says it. */
export const assignedText = ({ credentials, keyPairs }: AssignedThings): string =>
  `credentials ${JSON.stringify(credentials)}, key pairs ${JSON.stringify(keyPairs)}`;
