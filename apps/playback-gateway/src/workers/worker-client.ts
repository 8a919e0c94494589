import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import {
  archivePartPath,
  archivePartReplySchema,
  archivePath,
  archiveUploadPath,
  archiveUploadReplySchema,
  archiveRewrapPath,
  archiveRewrapReplySchema,
  contentTreePath,
  contentTreeReplySchema,
  forgetPath,
  forgetReplySchema,
  inspectPath,
  inspectReplySchema,
  mediaPath,
  peaksPath,
  peaksReplySchema,
  provePath,
  proveReplySchema,
  removePath,
  removeReplySchema,
  storageProbePath,
  storageProbeReplySchema,
  type ArchivePartRequest,
  type ArchiveRequest,
  type ArchiveUploadRequest,
  type ArchiveRewrapReply,
  type ArchiveRewrapRequest,
  type ContentTreeReply,
  type ContentTreeRequest,
  type InspectReply,
  type InspectRequest,
  type ForgetRequest,
  type MadePeaks,
  type MediaRequest,
  type OwnWorkerAnswer,
  type OwnWorkerRequest,
  type PeaksRequest,
  type ProveReply,
  type ProveRequest,
  type RemoveRequest,
  type StorageProbeReply,
  type StorageProbeRequest,
  type WorkerRegistration,
} from '#contracts';
import {
  callSpan,
  fromProblemDetails,
  RcsError,
  requestIdHeader,
  type ErrorCode,
  type ServerSettings,
} from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { WorkerConnections } from './worker-connections.js';
import type { WorkerWays } from './worker-ways.js';

export interface WorkerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end, or given up. */
  readonly body: Readable;
}

/** Of the body, in bytes. */
export const bodyLengthOf = ({ headers }: Pick<WorkerAnswer, 'headers'>): number =>
  Number(headers['content-length'] ?? 0);

/** The longest that a part of an archive may take; a worker gives up earlier where nothing moves. */
const uploadTimeoutMs = 4 * 3_600_000;
/** Ending sessions costs a worker nothing. */
const forgetTimeoutMs = 3000;
/**
 * White space behind what a worker is told of an erasure, in bytes: it goes through the same buffers as the requests before,
 * and overwrites what they had of its envelope. As long as the largest piece that Node reads at once.
 */
const overwritingBytes = 64 * 1024;
/** As long as the grant for it lives. */
const archiveRewrapTimeoutMs = 60_000;
/** Statuses that a worker answers about the media; every other one is a problem. */
const mediaStatuses: ReadonlySet<number> = new Set([200, 206, 304, 412, 416]);
const maximumProblemBytes = 64 * 1024;

/** Speaks the data plane with one worker. */
@Injectable()
export class WorkerClient {
  private readonly startTimeoutMs: number;

  constructor(
    private readonly connections: WorkerConnections,
    @Inject(SERVER_SETTINGS) { playbackStartTimeoutMs }: Pick<ServerSettings, 'playbackStartTimeoutMs'>,
  ) {
    this.startTimeoutMs = playbackStartTimeoutMs;
  }

  /**
   * @param signal gives up while the answer is waited for; what becomes of its body is the business of who reads it.
   * @throws RcsError of the worker, or RCS_WORKER_FAILED when it cannot be reached.
   */
  async requestMedia(
    worker: WorkerRegistration,
    request: MediaRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    const response = await whileWaiting(signal, waiting => this.post(worker, mediaPath, request, requestId, waiting));
    const headers = singleValues(response.headers);
    if (mediaStatuses.has(response.statusCode)) return { status: response.statusCode, headers, body: response.body };
    throw await problemOf(response, worker);
  }

  /**
   * A stored file for an archive, as it lies in its storage.
   * @param signal as with `requestMedia`. @throws RcsError of the worker
   */
  async archive(
    worker: WorkerRegistration,
    request: ArchiveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    const response = await whileWaiting(signal, waiting => this.post(worker, archivePath, request, requestId, waiting));
    const { statusCode: status, body } = response;
    if (status === 200) return { status, headers: singleValues(response.headers), body };
    throw await problemOf(response, worker);
  }

  /**
   * Has a part of an archive written while it comes.
   * @returns its length. @throws RcsError of the worker, or what the part fails with
   */
  async uploadArchive(
    worker: WorkerRegistration,
    request: ArchiveUploadRequest,
    part: AsyncIterable<Buffer>,
    requestId: string,
    signal: AbortSignal,
  ): Promise<number> {
    const body = Readable.from(behindRequest(request, part), { objectMode: false });
    const response = await this.post(worker, archiveUploadPath, body, requestId, signal);
    if (response.statusCode !== 200) throw await problemOf(response, worker);
    return parsed(archiveUploadReplySchema, await json(response.body), worker).length;
  }

  /** Gives a part of an archive its name, or removes what did not become one. @throws RcsError of the worker */
  async archivePart(
    worker: WorkerRegistration,
    request: ArchivePartRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const reply = await this.json(worker, archivePartPath, request, requestId, signal, signal);
    parsed(archivePartReplySchema, reply, worker);
  }

  /** Bytes of a part of an archive. @param signal as with `requestMedia`. @throws RcsError of the worker */
  async readArchivePart(
    worker: WorkerRegistration,
    request: ArchivePartRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    const response = await whileWaiting(signal, waiting =>
      this.post(worker, archivePartPath, request, requestId, waiting),
    );
    const { statusCode: status, body } = response;
    if (status === 200) return { status, headers: singleValues(response.headers), body };
    throw await problemOf(response, worker);
  }

  async inspect(
    worker: WorkerRegistration,
    request: InspectRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<InspectReply> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(this.startTimeoutMs)]);
    const reply = await this.json(worker, inspectPath, request, requestId, bounded, signal);
    return parsed(inspectReplySchema, reply, worker);
  }

  /** Takes as long as reading the file takes; a worker that is still at it says so now and then. */
  async contentTree(
    worker: WorkerRegistration,
    granted: ContentTreeRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ContentTreeReply> {
    const reply = await this.json(worker, contentTreePath, granted, requestId, signal, signal);
    return parsed(contentTreeReplySchema, reply, worker);
  }

  /** Takes as long as decoding takes; a worker that is still at it says so now and then. @throws RcsError of the worker */
  async peaks(
    worker: WorkerRegistration,
    request: PeaksRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<MadePeaks> {
    const reply = await this.json(worker, peaksPath, request, requestId, signal, signal);
    const made = parsed(peaksReplySchema, reply, worker);
    if (!('failure' in made)) return made;
    const fallback = new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance}: ${made.failure.code}`);
    throw fromProblemDetails(made.failure, fallback);
  }

  /** Whether media opens now, by its key and from its storage. @throws RcsError of the worker: what a player would hear */
  async prove(
    worker: WorkerRegistration,
    request: ProveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ProveReply> {
    return parsed(proveReplySchema, await this.json(worker, provePath, request, requestId, signal, signal), worker);
  }

  /** What it sees of a storage. @throws RcsError of the worker, also of one of before, which cannot look */
  async probeStorage(
    worker: WorkerRegistration,
    request: StorageProbeRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<StorageProbeReply> {
    const reply = await this.json(worker, storageProbePath, request, requestId, signal, signal);
    return parsed(storageProbeReplySchema, reply, worker);
  }

  /** A session key for the recipient of an archive, by the key that opens the media now. @throws RcsError of the worker */
  async archiveRewrap(
    worker: WorkerRegistration,
    request: ArchiveRewrapRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ArchiveRewrapReply> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(archiveRewrapTimeoutMs)]);
    const reply = await this.json(worker, archiveRewrapPath, request, requestId, bounded, signal);
    return parsed(archiveRewrapReplySchema, reply, worker);
  }

  /** Resolves when nothing is left where the grant says. */
  async remove(
    worker: WorkerRegistration,
    granted: RemoveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<void> {
    parsed(removeReplySchema, await this.json(worker, removePath, granted, requestId, signal, signal), worker);
  }

  /** Ends what the key has opened there, or what was opened of the recording. @returns how many sessions there were */
  async forget(worker: WorkerRegistration, forgotten: ForgetRequest, requestId: string): Promise<number> {
    const signal = AbortSignal.timeout(forgetTimeoutMs);
    const reply = await this.json(worker, forgetPath, forgotten, requestId, signal, signal);
    return parsed(forgetReplySchema, reply, worker).sessions;
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

  private async post(
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

/** @throws RcsError RCS_WORKER_FAILED for an answer that is none. */
function parsed<Reply>(schema: z.ZodType<Reply>, reply: unknown, worker: WorkerRegistration): Reply {
  const result = schema.safeParse(reply);
  if (result.success) return result.data;
  throw new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} gave an answer we cannot read`, {
    cause: result.error,
  });
}

async function problemOf(response: OwnWorkerAnswer, worker: WorkerRegistration): Promise<RcsError> {
  const fallback = new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} answered ${response.statusCode}`);
  const retryAfter = Number(singleValues(response.headers)['retry-after']);
  const length = Number(singleValues(response.headers)['content-length']);
  if (!(length <= maximumProblemBytes)) {
    response.body.destroy();
    return fallback;
  }
  try {
    return fromProblemDetails(
      await json(response.body),
      fallback,
      Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
    );
  } catch (error) {
    return new RcsError(fallback.code, fallback.message, { cause: error });
  }
}

function singleValues(headers: OwnWorkerAnswer['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Failures of one worker that another one may not have. */
const otherWorkerMayHelp: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_WORKER_FAILED',
  'RCS_OVERLOADED',
  'RCS_SHUTTING_DOWN',
  'RCS_INTERNAL',
]);

export function canGoElsewhere(error: unknown): boolean {
  return error instanceof RcsError && otherWorkerMayHelp.has(error.code);
}

/** As an upload begins: the length of the request, the request, and then what is uploaded. */
async function* behindRequest(request: object, part: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const text = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  yield Buffer.concat([length, text]);
  yield* part;
}
