import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, outcomeOf, RcsError, type Logger } from '#platform';
import type { AuditLog } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { HawkAuthentication, HawkRefusal, type HawkCaller, type SignedHeader } from './hawk-authentication.js';
import { RequestLog, userIdOf } from './request-log.js';
import { PublicHawkAddress } from './public-hawk-address.js';
import { writtenPath } from '../http/request-target.js';

const signedHeader = Symbol('hawkSignedHeader');
const hawkCaller = Symbol('hawkCaller');
type SignedFastifyRequest = FastifyRequest & { [signedHeader]?: SignedHeader; [hawkCaller]?: HawkCaller };

/**
 * Lets only requests through that a credential in force has signed; each of them goes into the request log. The header
 * is checked before anything of the body is read, the body once it is there.
 */
@Injectable()
export class HawkAdmission {
  constructor(
    private readonly authentication: HawkAuthentication,
    private readonly address: PublicHawkAddress,
    private readonly requests: RequestLog,
    private readonly metrics: GatewayMetrics,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws HawkRefusal for a header that no credential in force has signed. */
  async admit(request: SignedFastifyRequest, reply: FastifyReply): Promise<void> {
    request[signedHeader] = await this.counted(request, reply, () =>
      this.authentication.authenticate(this.address.signed(request)),
    );
  }

  /** @throws HawkRefusal for a body that is not the signed one. */
  async checkPayload(request: SignedFastifyRequest, reply: FastifyReply, body: Buffer): Promise<void> {
    const signed = request[signedHeader];
    if (signed === undefined) throw new RcsError('RCS_INTERNAL', 'the header was not checked before the payload');
    await this.counted(request, reply, () => signed.checkPayload(body));
    this.metrics.authentications.inc({ outcome: 'ok' });
    request[hawkCaller] = signed.caller;
    await this.requests.write(request, signed.caller.owner);
  }

  private async counted<T>(request: FastifyRequest, reply: FastifyReply, check: () => T | Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      const missing = request.headers.authorization === undefined;
      this.metrics.authentications.inc({ outcome: missing ? 'missing' : outcomeOf(error) });
      if (error instanceof HawkRefusal) {
        void reply.header('www-authenticate', error.challenge);
        this.refused(request, error);
      }
      throw error;
    }
  }

  /** Nobody waits for it: a refusal must not depend on the audit. */
  private refused(request: FastifyRequest, error: HawkRefusal): void {
    const entry = {
      event: 'key-manager-refused',
      outcome: 'refused',
      address: request.ip,
      requestId: request.id,
      detail: `${request.method} ${writtenPath(request)}: ${error.message} (${userIdOf(request)})`,
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
export function callerOf(request: FastifyRequest): HawkCaller {
  const caller = (request as SignedFastifyRequest)[hawkCaller];
  if (caller === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return caller;
}
