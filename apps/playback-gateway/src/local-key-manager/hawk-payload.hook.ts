import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessRuleOf } from '../access/access-rule.js';
import { readAtMost } from '../http/read-at-most.js';
import type { HawkAdmission } from './hawk-admission.js';

/**
 * The second half of a Hawk signature: it covers the bytes of the body as they came, so they are read, bounded, once the
 * signature of the header is known to be good, and checked before anything parses them.
 */
export function checkHawkPayloads(fastify: FastifyInstance, admission: HawkAdmission): void {
  fastify.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    // Callers announce JSON with every request, those without a body too.
    if (isHawkRoute(request) && !hasBody(request)) delete request.raw.headers['content-type'];
    done();
  });
  fastify.addHook('preParsing', async (request: FastifyRequest, reply, payload) => {
    if (accessRuleOf(request.routeOptions.config) !== 'hawk-signed') return payload;
    const body = await readAtMost(payload, request.routeOptions.bodyLimit);
    await admission.checkPayload(request, reply, body);
    return Readable.from([body], { objectMode: false });
  });
}

function isHawkRoute({ routeOptions }: FastifyRequest): boolean {
  const rule = accessRuleOf(routeOptions.config);
  return rule === 'hawk-signed' || rule === 'hawk-registration';
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
