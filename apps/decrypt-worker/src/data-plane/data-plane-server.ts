import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  noopTracer,
  RcsError,
  roleOfSubjectAltName,
  type ListenerMetrics,
  type LiveIdentity,
  type Logger,
  type Tracer,
  type WatchedSockets,
} from '#platform';
import type { OwnWorker } from '#contracts';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { DataPlane, type DataPlaneHandlers } from './data-plane.js';
import { DataPlaneListeners } from './data-plane-listeners.js';
import { HttpRequest } from './http-request.js';
import type { SocketPlace } from './socket-listener.js';

/** What gateways may take of a worker at once. */
export interface DataPlaneLimits {
  readonly maxConcurrentStreams: number;
  readonly maxConnections: number;
}

/** HTTP/1.1 over mutual TLS or a socket of this host, raw streams: the gateways' way to the media. */
export class DataPlaneServer {
  private readonly plane: DataPlane;
  private readonly listeners: DataPlaneListeners;
  private readonly allowed = new WeakSet<TLSSocket>();

  constructor(
    identity: LiveIdentity,
    handlers: DataPlaneHandlers,
    metrics: WorkerMetrics,
    logger: Logger,
    { maxConcurrentStreams, maxConnections }: DataPlaneLimits,
    listeners: ListenerMetrics,
    tracer: Tracer = noopTracer,
    sockets?: Pick<WatchedSockets, 'watchServer'>,
  ) {
    this.plane = new DataPlane(handlers, metrics, logger, maxConcurrentStreams, tracer);
    const parts = { identity, logger, maxConnections, metrics: listeners, sockets };
    this.listeners = new DataPlaneListeners(parts, (request, response) =>
      this.plane.answer(new HttpRequest(request, () => this.checkCaller(request)), response),
    );
  }

  get inFlight(): number {
    return this.plane.inFlight;
  }

  listen(host: string, port: number): Promise<AddressInfo> {
    return this.listeners.listen(host, port);
  }

  /** Listens in a directory of this host as well. @throws ConfigurationError where it cannot be trusted */
  listenOnSocket(place: SocketPlace, instance: string): Promise<void> {
    return this.listeners.listenOnSocket(place, instance);
  }

  /** For a gateway in this process, which needs no connection. */
  ask(...asked: Parameters<OwnWorker['ask']>): ReturnType<OwnWorker['ask']> {
    return this.plane.ask(...asked);
  }

  /** Takes nothing new and waits for running answers; at the deadline it cuts them, and the gateway goes elsewhere. */
  async close(deadline: AbortSignal): Promise<void> {
    this.plane.close();
    await this.listeners.close(deadline);
  }

  private checkCaller({ socket: connection }: IncomingMessage): void {
    // Who reaches the socket is this user, whose files hold the identity of this worker.
    if (this.listeners.isOfThisHost(connection)) return;
    const socket = connection as TLSSocket;
    if (this.allowed.has(socket)) return;
    const role = roleOfSubjectAltName(socket.getPeerCertificate().subjectaltname);
    if (role !== 'playback-gateway') {
      throw new RcsError('RCS_CALLER_NOT_ALLOWED', `a peer with the role ${role ?? 'none'} called the data plane`);
    }
    this.allowed.add(socket);
  }
}
