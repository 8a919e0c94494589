import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { z } from 'zod';
import {
  archivePath,
  forgetPath,
  mediaPath,
  type OwnWorkerAnswer,
  type OwnWorkerRequest,
  type WorkerRegistration,
} from '#contracts';
import { callSpan, RcsError, requestIdHeader } from '#platform';
import { parsed, problemOf, singleValues, type WorkerAnswer } from './worker-answer.js';
import type { WorkerConnections } from './worker-connections.js';
import type { WorkerWays } from './worker-ways.js';

/** The longest that a part of an archive may take; a worker gives up earlier where nothing moves. */
const uploadTimeoutMs = 4 * 3_600_000;
/**
 * White space behind what a worker is told of an erasure, in bytes: it goes through the same buffers as the requests before,
 * and overwrites what they had of its envelope. As long as the largest piece that Node reads at once.
 */
const overwritingBytes = 64 * 1024;
const done: ReadonlySet<number> = new Set([200]);

/** Brings requests to workers, by the nearest way there is to each. */
export class WorkerRequests {
  /** @param startTimeoutMs how long a worker of this process may take to begin its answer */
  constructor(
    private readonly connections: WorkerConnections,
    private readonly startTimeoutMs: number,
  ) {}

  /**
   * An answer with bytes of a file, which are the caller's to read.
   * @param signal gives up while the answer is waited for, and no longer
   * @param statuses every other one is a problem. @throws RcsError of the worker, or RCS_WORKER_FAILED when it cannot be reached
   */
  async bytes(
    worker: WorkerRegistration,
    path: string,
    request: object,
    requestId: string,
    signal: AbortSignal,
    statuses: ReadonlySet<number> = done,
  ): Promise<WorkerAnswer> {
    const response = await whileWaiting(signal, waiting => this.post(worker, path, request, requestId, waiting));
    if (!statuses.has(response.statusCode)) throw await problemOf(response, worker);
    return { status: response.statusCode, headers: singleValues(response.headers), body: response.body };
  }

  /**
   * What is answered as JSON.
   * @param bounded ends the wait as well; where it alone did, the failure is RCS_TIMEOUT
   * @throws RcsError of the worker
   */
  async reply<Reply>(
    schema: z.ZodType<Reply>,
    worker: WorkerRegistration,
    path: string,
    request: object,
    requestId: string,
    signal: AbortSignal,
    bounded = signal,
  ): Promise<Reply> {
    return parsed(schema, await this.json(worker, path, request, requestId, bounded, signal), worker);
  }

  private async json(
    worker: WorkerRegistration,
    path: string,
    request: object,
    requestId: string,
    bounded: AbortSignal,
    signal: AbortSignal,
  ): Promise<unknown> {
    try {
      const response = await this.post(worker, path, request, requestId, bounded);
      if (response.statusCode !== 200) throw await problemOf(response, worker);
      return await json(response.body);
    } catch (error) {
      if (signal.aborted || error instanceof RcsError) throw error;
      const cause = { cause: error };
      throw bounded.aborted
        ? new RcsError('RCS_TIMEOUT', `worker ${worker.instance} took too long to look into a file`, cause)
        : new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} gave an answer we cannot read`, cause);
    }
  }

  /**
   * An answer of any status, whose body the caller reads or gives up.
   * @param body is sent as JSON, or as it comes. @throws RcsError RCS_WORKER_FAILED where nobody answers
   */
  async post(
    worker: WorkerRegistration,
    path: string,
    body: object,
    requestId: string,
    signal: AbortSignal,
  ): Promise<OwnWorkerAnswer> {
    const span = callSpan(requestId, `POST ${path}`, { 'http.request.method': 'POST', 'rcs.worker': worker.instance });
    try {
      const headers = { 'content-type': 'application/json', [requestIdHeader]: requestId, ...span?.headers };
      const response = await this.send(worker, { path, headers, body }, signal);
      span?.set({ 'http.response.status_code': response.statusCode });
      return response;
    } catch (error) {
      span?.set({ 'error.type': signal.aborted ? 'aborted' : 'RCS_WORKER_FAILED' });
      if (signal.aborted) throw error;
      throw new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} cannot be reached`, { cause: error });
    } finally {
      span?.end();
    }
  }

  /** By a call where it is in this process; through its socket where it has one on this host, and over TLS where nobody answers there. */
  private async send(
    worker: WorkerRegistration,
    asked: OwnWorkerRequest,
    signal: AbortSignal,
  ): Promise<OwnWorkerAnswer> {
    const own = this.connections.inProcess(worker);
    if (own !== undefined)
      return own.ask(asked, signal, asked.body instanceof Readable ? uploadTimeoutMs : this.startTimeoutMs);
    const request = { ...asked, body: asked.body instanceof Readable ? asked.body : textOf(asked) };
    const throughSocket = this.connections.throughSocket(worker);
    if (throughSocket !== undefined) {
      try {
        return await answerOver(throughSocket, request, signal);
      } catch (error) {
        if (signal.aborted || !isUnconnected(error)) throw error;
        this.connections.socketLost(worker);
      }
    }
    return answerOver(this.connections.to(worker.url), request, signal);
  }
}

/** What is answered with bytes of a file. */
const pathsOfBodies: ReadonlySet<string> = new Set([mediaPath, archivePath]);

function answerOver(
  ways: WorkerWays,
  { path, headers, body }: Omit<OwnWorkerRequest, 'body'> & { readonly body: string | Readable },
  signal: AbortSignal,
): Promise<OwnWorkerAnswer> {
  if (typeof body === 'string' && pathsOfBodies.has(path)) return ways.bodies.ask({ path, headers, body }, signal);
  const patience = typeof body === 'string' ? {} : { headersTimeout: uploadTimeoutMs };
  return ways.requests.request({ path, headers, body, method: 'POST', signal, ...patience });
}

/** Of a request that is no upload. */
const textOf = ({ path, body }: OwnWorkerRequest): string =>
  JSON.stringify(body) + (path === forgetPath && 'erased' in body ? ' '.repeat(overwritingBytes) : '');

/** Nobody was at the other end: the request has not left. */
function isUnconnected(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

/** Work with a signal that follows this one until the work is done, and no longer. */
async function whileWaiting<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const leave = (): void => waiting.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await work(waiting.signal);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
