import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationError, readOptionFile, type CertificateExpiry, type ServerSettings } from '#platform';
import { answerWithError, fromFramework } from './error.filter.js';
import { answerHeaders, generateRequestId } from './request-id.hook.js';

const maximumHeaderBytes = 32 * 1024;
const maximumParameterLength = 300;

/** Fastify's options: limits on everything a client may send, and TLS where it is enabled. */
export function serverOptions(settings: ServerSettings, certificates?: CertificateExpiry) {
  return {
    logger: false,
    genReqId: generateRequestId,
    requestIdHeader: false as const,
    bodyLimit: settings.maxBodyBytes,
    connectionTimeout: 0,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    exposeHeadRoutes: false,
    frameworkErrors: answerFrameworkError,
    routerOptions: { maxParamLength: maximumParameterLength },
    http: { maxHeaderSize: maximumHeaderBytes, headersTimeout: 15_000 },
    ...(settings.enableSsl ? { https: tlsOptions(settings, certificates) } : {}),
  };
}

/** A path that cannot be decoded fails before any route, hook or filter of ours. */
function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  answerWithError(request, reply.headers(answerHeaders(request)), fromFramework(error));
}

function tlsOptions({ ssl }: ServerSettings, certificates: CertificateExpiry | undefined) {
  if (ssl === undefined)
    throw new ConfigurationError('option serverSettings.ssl is missing although enableSsl is true');
  const cert = readOptionFile('serverSettings.ssl.certificateFile', ssl.certificateFile);
  certificates?.watchPem('public', () => cert);
  return {
    cert,
    key: readOptionFile('serverSettings.ssl.keyFile', ssl.keyFile),
    minVersion: 'TLSv1.2' as const,
    maxHeaderSize: maximumHeaderBytes,
    headersTimeout: 15_000,
  };
}
