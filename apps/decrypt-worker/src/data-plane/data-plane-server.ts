import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  archivePartPath,
  archivePath,
  archiveUploadPath,
  archiveRewrapPath,
  contentTreePath,
  forgetPath,
  inspectPath,
  mediaPath,
  peaksPath,
  provePath,
  removePath,
  storageProbePath,
} from '#contracts';
import {
  describeError,
  exactPath,
  outcomeLabels,
  noopTracer,
  problemContentType,
  RcsError,
  ReceiverGoneError,
  receiverGoneSignal,
  requestIdFrom,
  requestIdHeader,
  retryAfterSeconds,
  roleOfSubjectAltName,
  runInRequest,
  spanOf,
  toProblemDetails,
  toRcsError,
  type ListenerMetrics,
  type LiveIdentity,
  type Logger,
  type Tracer,
  type WatchedSockets,
} from '#platform';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { DataPlaneListeners } from './data-plane-listeners.js';
import type { Exchange } from './media.handler.js';
import { readJsonBody } from './read-json-body.js';
import type { SocketPlace } from './socket-listener.js';

/** Answers the requests of one path, their JSON having been read. */
export interface DataPlaneHandler {
  handle(body: unknown, exchange: Exchange): Promise<void>;
}

/** Answers the requests of one path, their body being read while it comes. */
export interface UploadHandler {
  receive(request: IncomingMessage, exchange: Exchange): Promise<void>;
}

/** What gateways may take of a worker at once. */
export interface DataPlaneLimits {
  readonly maxConcurrentStreams: number;
  readonly maxConnections: number;
}

export interface DataPlaneHandlers {
  readonly media: DataPlaneHandler;
  readonly inspect: DataPlaneHandler;
  readonly peaks: DataPlaneHandler;
  readonly prove: DataPlaneHandler;
  readonly contentTree: DataPlaneHandler;
  readonly forget: DataPlaneHandler;
  readonly remove: DataPlaneHandler;
  readonly archive: DataPlaneHandler;
  readonly archivePart: DataPlaneHandler;
  readonly archiveUpload: UploadHandler;
  readonly storageProbe: DataPlaneHandler;
  readonly archiveRewrap: DataPlaneHandler;
}

/** HTTP/1.1 over mutual TLS or a socket of this host, raw streams: the gateways' way to the media. */
export class DataPlaneServer {
  private readonly listeners: DataPlaneListeners;
  private readonly allowed = new WeakSet<TLSSocket>();
  private active = 0;
  private closing = false;

  constructor(
    identity: LiveIdentity,
    private readonly handlers: DataPlaneHandlers,
    private readonly metrics: WorkerMetrics,
    private readonly logger: Logger,
    private readonly limits: DataPlaneLimits,
    listeners: ListenerMetrics,
    private readonly tracer: Tracer = noopTracer,
    sockets?: Pick<WatchedSockets, 'watchServer'>,
  ) {
    metrics.streamLimit.set(limits.maxConcurrentStreams);
    const { maxConnections } = limits;
    const parts = { identity, logger, maxConnections, metrics: listeners, sockets };
    this.listeners = new DataPlaneListeners(parts, (request, response) => {
      this.trace(request, response).catch((error: unknown) => {
        this.logger.error({ error: describeError(error) }, 'a media request ended unexpectedly');
        response.destroy();
      });
    });
  }

  get inFlight(): number {
    return this.active;
  }

  listen(host: string, port: number): Promise<AddressInfo> {
    return this.listeners.listen(host, port);
  }

  /** Listens in a directory of this host as well. @throws ConfigurationError where it cannot be trusted */
  listenOnSocket(place: SocketPlace, instance: string): Promise<void> {
    return this.listeners.listenOnSocket(place, instance);
  }

  /** Takes nothing new and waits for running answers; at the deadline it cuts them, and the gateway goes elsewhere. */
  async close(deadline: AbortSignal): Promise<void> {
    this.closing = true;
    await this.listeners.close(deadline);
  }

  private async trace(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdFrom(request.headers[requestIdHeader]);
    const asked = exactPath(request);
    const isKnown = asked === archiveUploadPath || handlerFor(asked, this.handlers) !== undefined;
    const path = isKnown ? asked : 'unknown';
    const attributes = { 'http.request.method': 'POST', 'http.route': path, 'rcs.request_id': requestId };
    const span = this.tracer.begin(`POST ${path}`, request.headers, attributes);
    try {
      await runInRequest({ requestId, span }, () => this.serve(request, response, requestId));
      span.set({ 'http.response.status_code': response.statusCode });
    } finally {
      span.end();
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const started = process.hrtime.bigint();
    const signal = receiverGoneSignal(response, 'the gateway');
    this.active++;
    this.metrics.activeStreams.inc();
    try {
      await this.dispatch(request, { requestId, signal, response });
      this.metrics.requests.inc(outcomeLabels('ok'));
    } catch (error) {
      this.fail(error, request, response, requestId, signal);
    } finally {
      this.active--;
      this.metrics.activeStreams.dec();
      this.logger.debug({ requestId, ms: Number(process.hrtime.bigint() - started) / 1e6 }, 'media request');
    }
  }

  private async dispatch(
    request: IncomingMessage,
    exchange: { requestId: string; signal: AbortSignal; response: ServerResponse },
  ): Promise<void> {
    // Who reaches the socket is this user, whose files hold the identity of this worker.
    if (!this.listeners.isOfThisHost(request.socket)) this.checkCaller(request.socket as TLSSocket);
    if (this.closing) throw new RcsError('RCS_SHUTTING_DOWN');
    if (this.active > this.limits.maxConcurrentStreams) {
      throw new RcsError('RCS_OVERLOADED', `${this.active} requests at once`, { retryAfterMs: 1000 });
    }
    const path = exactPath(request);
    if (path === archiveUploadPath && request.method === 'POST')
      return this.handlers.archiveUpload.receive(request, exchange);
    const handler = handlerFor(path, this.handlers);
    if (handler === undefined) throw new RcsError('RCS_NOT_FOUND');
    if (request.method !== 'POST') throw new RcsError('RCS_METHOD_NOT_ALLOWED');
    await handler.handle(await readJsonBody(request), exchange);
  }

  private checkCaller(socket: TLSSocket): void {
    if (this.allowed.has(socket)) return;
    const role = roleOfSubjectAltName(socket.getPeerCertificate().subjectaltname);
    if (role !== 'playback-gateway') {
      throw new RcsError('RCS_CALLER_NOT_ALLOWED', `a peer with the role ${role ?? 'none'} called the data plane`);
    }
    this.allowed.add(socket);
  }

  private fail(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    signal: AbortSignal,
  ): void {
    if (signal.aborted || error instanceof ReceiverGoneError) {
      this.metrics.requests.inc(outcomeLabels('aborted'));
      spanOf(requestId)?.set({ 'error.type': 'aborted' });
      response.destroy();
      return;
    }
    const failure = toRcsError(error);
    this.metrics.requests.inc(outcomeLabels(failure.code));
    spanOf(requestId)?.set({ 'error.type': failure.code });
    const level = failure.code === 'RCS_INTERNAL' ? 'error' : 'warn';
    this.logger[level]({ requestId, code: failure.code, error: describeError(failure) }, 'media request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = JSON.stringify(toProblemDetails(failure, requestId));
    const retryAfter = retryAfterSeconds(failure);
    if (!request.complete || this.closing) response.setHeader('connection', 'close');
    response.writeHead(failure.definition.http, {
      'content-type': problemContentType,
      'content-length': Buffer.byteLength(body),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(body);
  }
}

function handlerFor(path: string, handlers: DataPlaneHandlers): DataPlaneHandler | undefined {
  switch (path) {
    case mediaPath:
      return handlers.media;
    case inspectPath:
      return handlers.inspect;
    case peaksPath:
      return handlers.peaks;
    case provePath:
      return handlers.prove;
    case contentTreePath:
      return handlers.contentTree;
    case forgetPath:
      return handlers.forget;
    case removePath:
      return handlers.remove;
    case storageProbePath:
      return handlers.storageProbe;
    case archivePath:
      return handlers.archive;
    case archivePartPath:
      return handlers.archivePart;
    case archiveRewrapPath:
      return handlers.archiveRewrap;
    default:
      return undefined;
  }
}
