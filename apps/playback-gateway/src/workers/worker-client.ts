import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
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
  type PeaksRequest,
  type ProveReply,
  type ProveRequest,
  type RemoveRequest,
  type StorageProbeReply,
  type StorageProbeRequest,
  type WorkerRegistration,
} from '#contracts';
import { fromProblemDetails, RcsError, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { parsed, problemOf, type WorkerAnswer } from './worker-answer.js';
import { WorkerConnections } from './worker-connections.js';
import { WorkerRequests } from './worker-requests.js';

/** Ending sessions costs a worker nothing. */
const forgetTimeoutMs = 3000;
/** As long as the grant for it lives. */
const archiveRewrapTimeoutMs = 60_000;
/** Statuses that a worker answers about the media; every other one is a problem. */
const mediaStatuses: ReadonlySet<number> = new Set([200, 206, 304, 412, 416]);

/** Speaks the data plane with one worker. */
@Injectable()
export class WorkerClient {
  private readonly requests: WorkerRequests;
  private readonly startTimeoutMs: number;

  constructor(
    connections: WorkerConnections,
    @Inject(SERVER_SETTINGS) { playbackStartTimeoutMs }: Pick<ServerSettings, 'playbackStartTimeoutMs'>,
  ) {
    this.requests = new WorkerRequests(connections, playbackStartTimeoutMs);
    this.startTimeoutMs = playbackStartTimeoutMs;
  }

  /**
   * @param signal gives up while the answer is waited for; what becomes of its body is the business of who reads it.
   * @throws RcsError of the worker, or RCS_WORKER_FAILED when it cannot be reached.
   */
  requestMedia(
    worker: WorkerRegistration,
    request: MediaRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    return this.requests.bytes(worker, mediaPath, request, requestId, signal, mediaStatuses);
  }

  /**
   * A stored file for an archive, as it lies in its storage.
   * @param signal as with `requestMedia`. @throws RcsError of the worker
   */
  archive(
    worker: WorkerRegistration,
    request: ArchiveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    return this.requests.bytes(worker, archivePath, request, requestId, signal);
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
    const response = await this.requests.post(worker, archiveUploadPath, body, requestId, signal);
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
    await this.requests.reply(archivePartReplySchema, worker, archivePartPath, request, requestId, signal);
  }

  /** Bytes of a part of an archive. @param signal as with `requestMedia`. @throws RcsError of the worker */
  readArchivePart(
    worker: WorkerRegistration,
    request: ArchivePartRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    return this.requests.bytes(worker, archivePartPath, request, requestId, signal);
  }

  inspect(
    worker: WorkerRegistration,
    request: InspectRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<InspectReply> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(this.startTimeoutMs)]);
    return this.requests.reply(inspectReplySchema, worker, inspectPath, request, requestId, signal, bounded);
  }

  /** Takes as long as reading the file takes; a worker that is still at it says so now and then. */
  contentTree(
    worker: WorkerRegistration,
    granted: ContentTreeRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ContentTreeReply> {
    return this.requests.reply(contentTreeReplySchema, worker, contentTreePath, granted, requestId, signal);
  }

  /** Takes as long as decoding takes; a worker that is still at it says so now and then. @throws RcsError of the worker */
  async peaks(
    worker: WorkerRegistration,
    request: PeaksRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<MadePeaks> {
    const made = await this.requests.reply(peaksReplySchema, worker, peaksPath, request, requestId, signal);
    if (!('failure' in made)) return made;
    const fallback = new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance}: ${made.failure.code}`);
    throw fromProblemDetails(made.failure, fallback);
  }

  /** Whether media opens now, by its key and from its storage. @throws RcsError of the worker: what a player would hear */
  prove(
    worker: WorkerRegistration,
    request: ProveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ProveReply> {
    return this.requests.reply(proveReplySchema, worker, provePath, request, requestId, signal);
  }

  /** What it sees of a storage. @throws RcsError of the worker, also of one of before, which cannot look */
  probeStorage(
    worker: WorkerRegistration,
    request: StorageProbeRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<StorageProbeReply> {
    return this.requests.reply(storageProbeReplySchema, worker, storageProbePath, request, requestId, signal);
  }

  /** A session key for the recipient of an archive, by the key that opens the media now. @throws RcsError of the worker */
  archiveRewrap(
    worker: WorkerRegistration,
    request: ArchiveRewrapRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<ArchiveRewrapReply> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(archiveRewrapTimeoutMs)]);
    return this.requests.reply(
      archiveRewrapReplySchema,
      worker,
      archiveRewrapPath,
      request,
      requestId,
      signal,
      bounded,
    );
  }

  /** Resolves when nothing is left where the grant says. */
  async remove(
    worker: WorkerRegistration,
    granted: RemoveRequest,
    requestId: string,
    signal: AbortSignal,
  ): Promise<void> {
    await this.requests.reply(removeReplySchema, worker, removePath, granted, requestId, signal);
  }

  /** Ends what the key has opened there, or what was opened of the recording. @returns how many sessions there were */
  async forget(worker: WorkerRegistration, forgotten: ForgetRequest, requestId: string): Promise<number> {
    const signal = AbortSignal.timeout(forgetTimeoutMs);
    return (await this.requests.reply(forgetReplySchema, worker, forgetPath, forgotten, requestId, signal)).sessions;
  }
}

/** As an upload begins: the length of the request, the request, and then what is uploaded. */
async function* behindRequest(request: object, part: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const text = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  yield Buffer.concat([length, text]);
  yield* part;
}
