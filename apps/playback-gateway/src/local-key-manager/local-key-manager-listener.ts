import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError, type ServerSettings } from '#platform';
import { answerExpectations } from '../http/expect-continue.js';
import { isLocalKeyManager } from '../http/key-management-path.js';
import { secureServerOptions } from '../http/server-options.js';

/** A port of its own for the local key manager: its routes are behind this one, all others behind that of the gateway. */
export class LocalKeyManagerListener implements BeforeApplicationShutdown, OnApplicationShutdown {
  private server: Server | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly address: { readonly host: string; readonly port: number },
  ) {}

  /** Refuses what comes through the other port, from now on. */
  separatePorts(): void {
    this.fastify.addHook(
      'onRequest',
      (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
        const throughOwnPort = request.raw.socket.localPort === portOf(this.server);
        const misplaced = throughOwnPort !== isLocalKeyManager(request);
        done(misplaced ? new RcsError('RCS_NOT_FOUND', 'behind the other port') : undefined);
      },
    );
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

  /** Both ports stop to take requests at once; what runs behind either ends before anything is given back. */
  beforeApplicationShutdown(): void {
    this.closing = this.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.closing;
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
