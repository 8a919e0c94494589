import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError, type ServerSettings } from '#platform';
import { answerExpectations } from '../http/expect-continue.js';
import { secureServerOptions } from '../http/server-options.js';
import { isLocalKeyManager } from '../http/key-management-path.js';

/** A second door to the same routes: the local key manager behind it, everything else behind the first. */
export class OwnPort {
  private server: Server | undefined;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly address: { readonly host: string; readonly port: number },
  ) {
    fastify.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
      const throughOwnPort = request.raw.socket.localPort === portOf(this.server);
      const misplaced = throughOwnPort !== isLocalKeyManager(request);
      done(misplaced ? new RcsError('RCS_NOT_FOUND', 'behind the other port') : undefined);
    });
  }

  /** Begins to listen, with the certificate of the public server where that has one. */
  async listen(settings: ServerSettings): Promise<Server> {
    const serve: RequestListener = (request, response) => this.fastify.routing(request, response);
    const server: Server = settings.enableSsl
      ? createTlsServer(secureServerOptions(settings), serve)
      : createPlainServer(serve);
    answerExpectations(server);
    this.server = server;
    server.listen(this.address.port, this.address.host);
    await once(server, 'listening');
    return server;
  }

  /** Takes no new requests; resolves when those that run are over. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeIdleConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  }
}

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address();
  return typeof address === 'object' ? address?.port : undefined;
}
