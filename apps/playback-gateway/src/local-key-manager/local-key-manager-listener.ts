import { createServer as createPlainServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  answerBrokenRequest,
  boundListener,
  RcsError,
  type ListenerMetrics,
  type Logger,
  type ServerSettings,
} from '#platform';
import { answerExpectations } from '../http/expect-continue.js';
import { errorForm } from '../http/error-answer.js';
import { isLocalKeyManager, localKeyManagerPath } from '../http/key-management-path.js';
import { ownServerOptions, silenceTimeout } from '../http/server-options.js';

/** Where it listens, and how many connections it may have. */
interface OwnAddress {
  readonly host: string;
  readonly port: number;
  /** Others of this host may listen there as well. */
  readonly reusePort: boolean;
  readonly maxConnections: number;
}

/** A port of its own for the local key manager: its routes are behind this one, all others behind that of the gateway. */
export class LocalKeyManagerListener implements BeforeApplicationShutdown, OnApplicationShutdown {
  private server: Server | undefined;
  private readonly throughOwnPort = new WeakSet<IncomingMessage>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly address: OwnAddress,
    private readonly metrics: ListenerMetrics,
    private readonly logger: Logger,
  ) {}

  /** Refuses what comes through the other port, from now on. */
  separatePorts(): void {
    this.fastify.addHook(
      'onRequest',
      (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
        const misplaced = this.throughOwnPort.has(request.raw) !== isLocalKeyManager(request);
        done(misplaced ? new RcsError('RCS_NOT_FOUND', 'behind the other port') : undefined);
      },
    );
  }

  /** Begins to listen, with the certificate of the public server where that has one. */
  async listen(settings: ServerSettings): Promise<Server> {
    const serve: RequestListener = (request, response) => {
      this.throughOwnPort.add(request);
      this.fastify.routing(request, response);
    };
    const options = ownServerOptions(settings);
    const server: Server = settings.enableSsl ? createTlsServer(options, serve) : createPlainServer(options, serve);
    server.setTimeout(silenceTimeout(settings));
    server.on(
      'clientError',
      answerBrokenRequest(this.logger, () => errorForm(`${localKeyManagerPath}/`)),
    );
    const { maxConnections, ...address } = this.address;
    boundListener(server, { name: 'local-key-manager', maxConnections }, this.metrics);
    answerExpectations(server);
    this.server = server;
    server.listen(address);
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
