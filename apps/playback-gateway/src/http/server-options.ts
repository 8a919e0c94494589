import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerBrokenRequest, type Logger, type ServerSettings } from '#platform';
import { serverTls } from '#tls';
import { answerTimeoutOf } from './answer-deadline.hook.js';
import { answerWithError } from './error-answer.js';
import { fromFramework } from './error.filter.js';
import { answerHeaders, generateRequestId } from './request-id.hook.js';
import { asRouted } from './routed-method.js';
import { formOfUnfinished } from './unfinished-requests.js';

const maximumHeaderBytes = 32 * 1024;
const maximumParameterLength = 300;
/** How often Node looks for clients that are too slow, milliseconds. */
const slowClientCheckMs = 500;
/** Longer than load balancers keep an idle connection, milliseconds. */
const keepAliveTimeout = 65_000;

/** Fastify's options: limits on everything a client may send, and TLS where it is enabled. */
export function serverOptions(settings: ServerSettings, logger: Logger) {
  return {
    logger: false,
    genReqId: generateRequestId,
    requestIdHeader: false as const,
    rewriteUrl: asRouted,
    bodyLimit: settings.maxBodyBytes,
    connectionTimeout: silenceTimeout(settings),
    requestTimeout: settings.requestTimeoutMs,
    trustProxy: settings.trustedProxies.length > 0 ? settings.trustedProxies : false,
    clientErrorHandler: answerBrokenRequest(logger, formOfUnfinished),
    keepAliveTimeout,
    exposeHeadRoutes: false,
    frameworkErrors: answerFrameworkError,
    // Fastify's own refusal has neither our form nor our header fields: see refuseWhileClosing.
    return503OnClosing: false,
    routerOptions: { maxParamLength: maximumParameterLength },
    http: connectionLimits(settings),
    ...(settings.enableSsl
      ? {
          https: {
            ...serverTls(settings),
            ...protocols,
            ...clientCertificates(settings),
            ...connectionLimits(settings),
          },
        }
      : {}),
  };
}

/** A path that cannot be decoded fails before any route, hook or filter of ours. */
function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  answerWithError(request, reply.headers(answerHeaders(request)), fromFramework(error));
}

/** Options of a server that Node makes itself: the same limits as those of Fastify's, and TLS where it is enabled. */
export function ownServerOptions(settings: ServerSettings) {
  return {
    ...(settings.enableSsl ? { ...serverTls(settings), ...protocols, ...clientCertificates(settings) } : {}),
    ...connectionLimits(settings),
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout,
  };
}

/**
 * A connection on which nothing moves in either direction, while an answer is due or under way, is closed after this time,
 * milliseconds. Answers have deadlines of their own before: this is for clients that do not take what they asked for.
 */
export const silenceTimeout = (settings: ServerSettings): number =>
  Math.max(answerTimeoutOf(settings), settings.clientIdleTimeoutMs) + 10_000;

/** Names of RFC 7301: a client that offers HTTP/1.0 alone is served, as it is without TLS. */
const protocols = { ALPNProtocols: ['http/1.1', 'http/1.0'] };

/** Whoever has no certificate, or one that nobody vouches for, comes in: what counts is the digest, for the recorder alone. */
const clientCertificates = ({ opsClientCertificates }: ServerSettings) =>
  opsClientCertificates.length === 0 ? {} : { requestCert: true, rejectUnauthorized: false };

const connectionLimits = (settings: ServerSettings) => ({
  maxHeaderSize: maximumHeaderBytes,
  headersTimeout: Math.min(settings.requestHeadersTimeoutMs, settings.requestTimeoutMs),
  connectionsCheckingInterval: slowClientCheckMs,
  handshakeTimeout: settings.limits.tlsHandshakeTimeoutMs,
});
