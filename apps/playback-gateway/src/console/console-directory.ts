import type { FastifyInstance, FastifyReply } from 'fastify';
import { RcsError } from '#platform';
import type { ConsoleFiles } from './console-files.js';

/**
 * Leads whoever writes the address of the console with a slash at its end to the console: the addresses in the page are
 * relative to the one without. Nest takes such a slash for nothing, so that the route is Fastify's own. Open to everybody, as
 * the page is.
 */
export function leadFromDirectory(fastify: FastifyInstance, files: Pick<ConsoleFiles, 'isBuilt'>): void {
  fastify.get(
    '/console/',
    { config: { access: 'anyone', otherSpelling: true } },
    async (_request, reply: FastifyReply) => {
      if (!files.isBuilt) throw new RcsError('RCS_NOT_FOUND', 'no page');
      return reply.status(302).header('location', '../console').send();
    },
  );
}
