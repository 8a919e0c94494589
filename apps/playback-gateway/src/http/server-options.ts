import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger, ServerSettings } from '#platform';
import { serverTls } from '#tls';
import { answerBrokenRequest } from './broken-request.js';
import { answerWithError, fromFramework } from './error.filter.js';
import { answerHeaders, generateRequestId } from './request-id.hook.js';

const maximumHeaderBytes = 32 * 1024;
const maximumParameterLength = 300;
/** How often Node looks for clients that are too slow, milliseconds. */
const slowClientCheckMs = 500;

/** Fastify's options: limits on everything a client may send, and TLS where it is enabled. */
export function serverOptions(settings: ServerSettings, logger: Logger) {
  return {
    logger: false,
    genReqId: generateRequestId,
    requestIdHeader: false as const,
    bodyLimit: settings.maxBodyBytes,
    connectionTimeout: 0,
    requestTimeout: settings.requestTimeoutMs,
    trustProxy: settings.trustedProxies.length > 0 ? settings.trustedProxies : false,
    clientErrorHandler: answerBrokenRequest(logger),
    keepAliveTimeout: 65_000,
    exposeHeadRoutes: false,
    frameworkErrors: answerFrameworkError,
    routerOptions: { maxParamLength: maximumParameterLength },
    http: connectionLimits(settings),
    ...(settings.enableSsl ? { https: secureServerOptions(settings) } : {}),
  };
}

/** A path that cannot be decoded fails before any route, hook or filter of ours. */
function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  answerWithError(request, reply.headers(answerHeaders(request)), fromFramework(error));
}

/** Options of a server with TLS that Node makes itself. */
export function secureServerOptions(settings: ServerSettings) {
  return {
    ...serverTls(settings),
    ...connectionLimits(settings),
    // The handshake comes before the header section, and has no more time.
    handshakeTimeout: Math.min(settings.requestHeadersTimeoutMs, settings.requestTimeoutMs),
  };
}

const connectionLimits = (settings: ServerSettings) => ({
  maxHeaderSize: maximumHeaderBytes,
  headersTimeout: Math.min(settings.requestHeadersTimeoutMs, settings.requestTimeoutMs),
  connectionsCheckingInterval: slowClientCheckMs,
});
