import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { spanOf, type Logger } from '#platform';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { writtenPath } from './request-target.js';

/** One line and one observation per request; the path without its query, never a header. */
export function logRequests(fastify: FastifyInstance, logger: Logger, metrics: GatewayMetrics): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const traceId = spanOf(request.id)?.traceId;
    reply.raw.once('close', () => {
      const complete = reply.raw.writableFinished;
      const status = reply.raw.statusCode;
      const seconds = reply.elapsedTime / 1000;
      const route = request.routeOptions.url ?? 'unknown';
      metrics.requests.observe({ route, method: request.method, status: `${Math.floor(status / 100)}xx` }, seconds);
      logger.info(
        {
          requestId: request.id,
          traceId,
          method: request.method,
          path: writtenPath(request),
          status,
          ms: Math.round(seconds * 1e6) / 1000,
          address: request.ip,
          ...(complete ? {} : { aborted: true }),
        },
        'request',
      );
    });
    done();
  });
}
