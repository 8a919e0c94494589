import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { User } from '#store';
import { comesThroughTrustedProxy } from '../http/forwarded-for.hook.js';
import type { CrossOriginPolicy, OriginVerdict } from './cross-origin-policy.js';

const verdictOf = Symbol('originVerdict');
type JudgedRequest = FastifyRequest & { [verdictOf]?: OriginVerdict };

/**
 * Judges the origin of every request before anything else happens. Requests of pages that may not use this server are
 * refused outright: an answer that the browser hides would still have been read, audited and paid for.
 * @param externalUrl how players reach this server, where it is configured
 */
export function guardOrigins(
  fastify: FastifyInstance,
  policy: CrossOriginPolicy,
  externalUrl: string | undefined,
): void {
  const own = externalUrl === undefined ? undefined : new URL(externalUrl).origin;
  fastify.addHook('onRequest', async (request: JudgedRequest, reply: FastifyReply) => {
    void reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || isSameOrigin(origin, own, request)) return undefined;
    const verdict = await policy.judge(origin);
    if (verdict === 'refused') throw refused(origin);
    request[verdictOf] = verdict;
    const method = request.headers['access-control-request-method'];
    if (request.method !== 'OPTIONS' || method === undefined) {
      void reply.headers(policy.answerHeaders(origin));
      return undefined;
    }
    const headers = request.headers['access-control-request-headers'];
    if (!policy.allowsPreflight({ method, headers })) throw refused(origin);
    return reply.headers(policy.preflightHeaders(origin)).code(204).send();
  });
}

/**
 * An origin that one contact center allows is good for its users only.
 * @throws RcsError RCS_ORIGIN_REFUSED for users of another one.
 */
export function checkOriginFor(user: User, request: JudgedRequest, reply: FastifyReply): void {
  const verdict = request[verdictOf];
  if (verdict === undefined || verdict === 'everybody' || verdict === 'refused') return;
  if (user.contactCenter !== undefined && verdict.has(user.contactCenter)) return;
  reply.removeHeader('access-control-allow-origin');
  reply.removeHeader('access-control-allow-credentials');
  throw refused(request.headers.origin ?? '');
}

/**
 * Scheme, host and port are compared (RFC 6454 section 5): with the URL of the configuration, and with where the request
 * came in, as a trusted proxy says it or, where no URL is configured, as it reached this server.
 */
function isSameOrigin(origin: string, own: string | undefined, request: FastifyRequest): boolean {
  if (origin === own) return true;
  const { protocol, host } = request;
  return (own === undefined || comesThroughTrustedProxy(request)) && origin === originOf(protocol, host);
}

/** As browsers write it, without the scheme's own port. */
function originOf(protocol: string, host: string): string | undefined {
  const text = `${protocol}://${host}`;
  return URL.canParse(text) ? new URL(text).origin : undefined;
}

const refused = (origin: string): RcsError =>
  new RcsError('RCS_ORIGIN_REFUSED', `origin ${JSON.stringify(origin.slice(0, 256))} is not allowed`);
