import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Logger, ServerSettings } from '#platform';
import { decideAccess } from './access/access.hook.js';
import { guardOrigins } from './cors/cross-origin.hook.js';
import { CrossOriginPolicy } from './cors/cross-origin-policy.js';
import { LOGGER, SERVER_SETTINGS } from './dependencies/injection-tokens.js';
import { GatewayAccess } from './gateway-access.js';
import { answerTimeoutOf, limitAnswerTimes } from './http/answer-deadline.hook.js';
import { drainUnreadBodies } from './http/drain-unread.hook.js';
import { logRequests } from './http/request-log.hook.js';
import { HawkAdmission } from './local-key-manager/hawk-admission.js';
import { checkHawkPayloads } from './local-key-manager/hawk-payload.hook.js';
import { LocalKeyManagerListener } from './local-key-manager/local-key-manager-listener.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';

/** What every request passes before a byte of its body is read, in this order: the log, the deadline, the origin, the port, access. */
@Injectable()
export class RequestHooks implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly metrics: GatewayMetrics,
    private readonly origins: CrossOriginPolicy,
    private readonly access: GatewayAccess,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS) private readonly settings: ServerSettings,
    @Optional() private readonly listener?: LocalKeyManagerListener,
    @Optional() private readonly hawk?: HawkAdmission,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    logRequests(fastify, this.logger, this.metrics);
    limitAnswerTimes(fastify, answerTimeoutOf(this.settings), (request, { code, message }) => {
      this.metrics.errors.inc({ code });
      this.logger.error({ requestId: request.id, code, error: message }, 'request failed');
    });
    drainUnreadBodies(fastify);
    guardOrigins(fastify, this.origins, this.settings.externalUrl);
    this.listener?.separatePorts();
    if (this.hawk !== undefined) checkHawkPayloads(fastify, this.hawk);
    decideAccess(fastify, this.access.steps);
  }
}
