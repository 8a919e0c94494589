import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, outcomeOf, RcsError, type Logger } from '#platform';
import type { AuditLog } from '#store';
import { GatewayMetrics } from '../gateway-metrics.js';
import { LOGGER, storeTokens } from '../injection-tokens.js';
import { HawkAuthentication, HawkRefusal } from './hawk-authentication.js';
import { RequestLog, userIdOf } from './request-log.js';
import { PublicHawkAddress } from './public-hawk-address.js';

const credentialId = Symbol('hawkCredentialId');
type SignedFastifyRequest = FastifyRequest & { [credentialId]?: string };

/** Lets only requests through that a credential in force has signed; each of them goes into the request log. */
@Injectable()
export class HawkGuard implements CanActivate {
  constructor(
    private readonly authentication: HawkAuthentication,
    private readonly address: PublicHawkAddress,
    private readonly requests: RequestLog,
    private readonly metrics: GatewayMetrics,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<SignedFastifyRequest>();
    try {
      request[credentialId] = await this.authentication.authenticate(this.address.signed(request));
      this.metrics.authentications.inc({ outcome: 'ok' });
    } catch (error) {
      const missing = request.headers.authorization === undefined;
      this.metrics.authentications.inc({ outcome: missing ? 'missing' : outcomeOf(error) });
      if (error instanceof HawkRefusal) {
        void http.getResponse<FastifyReply>().header('www-authenticate', error.challenge);
        this.refused(request, error);
      }
      throw error;
    }
    await this.requests.write(request);
    return true;
  }

  /** Nobody waits for it: a refusal must not depend on the audit. */
  private refused(request: FastifyRequest, error: HawkRefusal): void {
    const entry = {
      event: 'key-manager-refused',
      outcome: 'refused',
      address: request.ip,
      requestId: request.id,
      detail: `${request.method} ${request.url.split('?')[0] ?? ''}: ${error.message} (${userIdOf(request)})`,
    } as const;
    this.audit
      .append(entry)
      .catch((failure: unknown) =>
        this.logger.error(
          { requestId: request.id, error: describeError(failure) },
          'a refused request to the local key manager could not be audited',
        ),
      );
  }
}

/** The credential that signed the request. */
export function credentialOf(request: FastifyRequest): string {
  const id = (request as SignedFastifyRequest)[credentialId];
  if (id === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return id;
}
