import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ErrorForm } from '#platform';
import { errorForm } from './error-answer.js';
import { routeOrPath } from './request-target.js';

const paths = new WeakMap<IncomingMessage, string>();

/** Notes what each request is about, for those whose end never comes: nobody but Node's parser hears of that. */
export function notePaths(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    paths.set(request.raw, routeOrPath(request));
    done();
  });
}

/** The form in which such a request is refused; that of the API where nothing is known of it. */
export const formOfUnfinished = (request: IncomingMessage | undefined): ErrorForm =>
  errorForm((request === undefined ? undefined : paths.get(request)) ?? '');
