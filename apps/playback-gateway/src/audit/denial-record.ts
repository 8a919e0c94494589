import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { describeError, type ErrorCode, type Logger, type RcsError } from '#platform';
import type { AuditLog } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { auditedUser } from '../http/audited-user.js';
import { findUser } from '../http/current-user.js';
import { writtenPath } from '../http/request-target.js';

const denials: ReadonlySet<ErrorCode> = new Set([
  'RCS_INSUFFICIENT_PERMISSION',
  'RCS_INSUFFICIENT_ROLE',
  'RCS_CSRF_TOKEN_REQUIRED',
  'RCS_ORIGIN_REFUSED',
  'RCS_RECORDING_NOT_FOUND',
]);
/** Routes that record their refusals with more detail and before they answer. */
const ownRecord = /\/(play\/:leaf|play-tickets)$/;

/** Writes into the audit what known users were refused. Strangers are not recorded: they could fill the disk. */
@Injectable()
export class DenialRecord {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Nobody waits for it: a refusal must not depend on the audit. */
  refused(request: FastifyRequest, error: RcsError): void {
    const user = findUser(request);
    if (user === undefined || !denials.has(error.code) || ownRecord.test(request.routeOptions.url ?? '')) return;
    const { id: recording } = (request.params ?? {}) as { readonly id?: string };
    this.audit
      .append({
        event: 'request-refused',
        outcome: 'refused',
        ...auditedUser(user),
        ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
        ...(recording === undefined || !isRecordingRoute(request) ? {} : { recording }),
        address: request.ip,
        requestId: request.id,
        detail: `${request.method} ${writtenPath(request)}: ${error.code}: ${error.message}`,
      })
      .catch((failure: unknown) =>
        this.logger.error({ requestId: request.id, error: describeError(failure) }, 'a refusal could not be audited'),
      );
  }
}

const isRecordingRoute = (request: FastifyRequest): boolean =>
  request.routeOptions.url?.includes('/recordings/:id') === true;
