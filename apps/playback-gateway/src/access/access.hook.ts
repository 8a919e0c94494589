import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import { findUser, userOf } from '../http/current-user.js';
import {
  accessRuleOf,
  bodyBoundOf,
  isOpenToRecorder,
  judgeOf,
  type AccessRule,
  type BodyBounds,
} from './access-rule.js';
import { refuseRecorder } from './recorder-refusal.js';

/** Lets a request in, or throws what it is refused with. Its body is not read yet. */
export type AccessStep = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
export type AccessSteps = Readonly<Record<AccessRule, AccessStep>>;

/**
 * Refuses routes that do not say who may call them, when they are registered: whoever adds one cannot forget it. Must
 * come before the first route. The rule bounds the body, too, unless the route says more itself.
 */
export function demandAccessRules(fastify: FastifyInstance, bounds: BodyBounds): void {
  fastify.addHook('onRoute', route => {
    const rule = accessRuleOf(route.config);
    if (rule === undefined) {
      throw new Error(
        `the route ${String(route.method)} ${route.url} does not say who may call it: give it a decorator of access-rule.ts`,
      );
    }
    route.bodyLimit ??= bodyBoundOf(rule, bounds);
  });
}

/**
 * Decides who calls by the rule of the route that was matched, never by the text of the URL, and before a body is read:
 * what a stranger sends costs nothing but its header. Must come after all other `onRequest` hooks, which know the origin
 * of the page and the port.
 */
export function decideAccess(fastify: FastifyInstance, steps: AccessSteps): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.is404) throw new RcsError('RCS_NOT_FOUND', 'no such route');
    const { config } = request.routeOptions;
    const rule = accessRuleOf(config);
    if (rule === undefined) throw new RcsError('RCS_INTERNAL', 'the route has no access rule');
    await steps[rule](request, reply);
    if (!isOpenToRecorder(config)) refuseRecorder(findUser(request));
    judgeOf(config)?.(userOf(request));
  });
}
