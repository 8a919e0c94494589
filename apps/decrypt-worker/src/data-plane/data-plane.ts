import { Readable } from 'node:stream';
import {
  archivePartPath,
  archivePath,
  archiveUploadPath,
  archiveRewrapPath,
  contentTreePath,
  forgetPath,
  inspectPath,
  mediaPath,
  neededPartsHeader,
  neededPartsText,
  peaksPath,
  provePath,
  removePath,
  storageProbePath,
  type OwnWorkerAnswer,
  type OwnWorkerRequest,
} from '#contracts';
import { MissingPartsError } from '#media-storage';
import {
  describeError,
  outcomeLabels,
  problemContentType,
  RcsError,
  ReceiverGoneError,
  receiverGoneSignal,
  requestIdFrom,
  requestIdHeader,
  retryAfterSeconds,
  runInRequest,
  toProblemDetails,
  toRcsError,
  type Logger,
  type Span,
  type Tracer,
} from '#platform';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { DataPlaneRequest, DataPlaneResponse, Exchange, Upload } from './data-plane-exchange.js';
import { OwnProcessRequest } from './own-process-request.js';
import { OwnProcessResponse } from './own-process-response.js';

/** Answers the requests of one path, their JSON having been read. */
export interface DataPlaneHandler {
  handle(body: unknown, exchange: Exchange): Promise<void>;
}

/** Answers the requests of one path, their body being read while it comes. */
export interface UploadHandler {
  receive(upload: Upload, exchange: Exchange): Promise<void>;
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

/** Answers what gateways ask of a worker, whichever way they ask it. */
export class DataPlane {
  private active = 0;
  private closing = false;

  constructor(
    private readonly handlers: DataPlaneHandlers,
    private readonly metrics: WorkerMetrics,
    private readonly logger: Logger,
    private readonly maxConcurrentStreams: number,
    private readonly tracer: Tracer,
  ) {
    metrics.streamLimit.set(maxConcurrentStreams);
  }

  get inFlight(): number {
    return this.active;
  }

  /** Takes nothing new. */
  close(): void {
    this.closing = true;
  }

  /** Answers a request; whatever goes wrong with it, the caller hears so. */
  answer(request: DataPlaneRequest, response: DataPlaneResponse): void {
    this.trace(request, response).catch((error: unknown) => {
      this.logger.error({ error: describeError(error) }, 'a media request ended unexpectedly');
      response.destroy();
    });
  }

  /** Answers a caller in this process; see `OwnWorker`. */
  async ask(request: OwnWorkerRequest, signal: AbortSignal, timeoutMs: number): Promise<OwnWorkerAnswer> {
    const response = new OwnProcessResponse();
    const { body } = request;
    if (body instanceof Readable) {
      body.once('error', error => response.destroy(error));
      response.once('close', () => body.destroy());
    }
    const leave = (): void => void response.destroy(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const late = setTimeout(() => response.destroy(new RcsError('RCS_TIMEOUT', 'no answer in time')), timeoutMs);
    try {
      this.answer(new OwnProcessRequest(request), response);
      return await response.answered;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', leave);
    }
  }

  private async trace(request: DataPlaneRequest, response: DataPlaneResponse): Promise<void> {
    const requestId = requestIdFrom(request.headers[requestIdHeader]);
    const isKnown = request.path === archiveUploadPath || handlerFor(request.path, this.handlers) !== undefined;
    const path = isKnown ? request.path : 'unknown';
    const attributes = { 'http.request.method': 'POST', 'http.route': path, 'rcs.request_id': requestId };
    const span = this.tracer.begin(`POST ${path}`, request.headers, attributes);
    const serve = (): Promise<void> => this.serve(request, response, requestId, span);
    try {
      await (request.isOfThisProcess ? serve() : runInRequest({ requestId, span }, serve));
      span.set({ 'http.response.status_code': response.statusCode });
    } finally {
      span.end();
    }
  }

  private async serve(
    request: DataPlaneRequest,
    response: DataPlaneResponse,
    requestId: string,
    span: Span,
  ): Promise<void> {
    const started = process.hrtime.bigint();
    const signal = receiverGoneSignal(response, 'the gateway');
    this.active++;
    this.metrics.activeStreams.inc();
    try {
      await this.dispatch(request, { requestId, signal, response });
      this.metrics.requests.inc(outcomeLabels('ok'));
    } catch (error) {
      this.fail(error, request, { requestId, signal, response }, span);
    } finally {
      this.active--;
      this.metrics.activeStreams.dec();
      this.logger.debug({ requestId, ms: Number(process.hrtime.bigint() - started) / 1e6 }, 'media request');
    }
  }

  private async dispatch(request: DataPlaneRequest, exchange: Exchange): Promise<void> {
    request.checkCaller();
    if (this.closing) throw new RcsError('RCS_SHUTTING_DOWN');
    if (this.active > this.maxConcurrentStreams) {
      throw new RcsError('RCS_OVERLOADED', `${this.active} requests at once`, { retryAfterMs: 1000 });
    }
    const { path, method } = request;
    if (path === archiveUploadPath && method === 'POST')
      return this.handlers.archiveUpload.receive(request.upload, exchange);
    const handler = handlerFor(path, this.handlers);
    if (handler === undefined) throw new RcsError('RCS_NOT_FOUND');
    if (method !== 'POST') throw new RcsError('RCS_METHOD_NOT_ALLOWED');
    await handler.handle(await request.json(), exchange);
  }

  private fail(error: unknown, request: DataPlaneRequest, { requestId, signal, response }: Exchange, span: Span): void {
    if (signal.aborted || error instanceof ReceiverGoneError) {
      this.metrics.requests.inc(outcomeLabels('aborted'));
      span.set({ 'error.type': 'aborted' });
      response.destroy();
      return;
    }
    const failure = toRcsError(error);
    this.metrics.requests.inc(outcomeLabels(failure.code));
    span.set({ 'error.type': failure.code });
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
      ...(failure instanceof MissingPartsError ? { [neededPartsHeader]: neededPartsText(failure.parts) } : {}),
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
