import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer as createPlainServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import {
  neededPartsHeader,
  neededPartsText,
  representationLengthHeader,
  type MediaRequest,
  type OwnWorker,
  type OwnWorkerAnswer,
  type OwnWorkerRequest,
  type WorkerRegistration,
} from '#contracts';
import {
  internalTlsOptions,
  RcsError,
  socketNameOf,
  toProblemDetails,
  type ErrorCode,
  type InternalIdentity,
} from '#platform';
import { within } from '#test/waiting/within.js';
import type { DataPlaneResponse } from '../../../apps/decrypt-worker/src/data-plane/data-plane-exchange.js';
import { OwnProcessResponse } from '../../../apps/decrypt-worker/src/data-plane/own-process-response.js';

/** The one media file every worker has unless told. */
export const media = randomBytes(200_000);
export const entityTag = '"current"';

/** What one worker does wrong. */
export interface Fault {
  /** Another file than the one of all. */
  readonly media?: Buffer;
  /** Dies when it has sent the body up to this place, whichever request got it there. */
  readonly diesAt?: number;
  /** The requests, counted from 0, that it answers with this problem alone. */
  readonly passing?: { readonly requests: readonly number[]; readonly problem: ErrorCode };
  /** Cuts the connection after so many bytes of its answer. */
  readonly cutAfter?: number;
  readonly problem?: ErrorCode;
  readonly entityTag?: string;
  /** From this place of the body on its file is another one. */
  readonly tagChangesAt?: number;
  /** Sends the head and the first bytes, then nothing. */
  readonly stall?: boolean;
  /** Does not know the content tree, and asks for it. */
  readonly needsContentTree?: boolean;
  /** Takes parts of content trees, and asks once for these. */
  readonly needsParts?: readonly number[];
}

const pieceBytes = 64 * 1024;
/** Nobody listens there. */
const nowhere = 'https://127.0.0.1:1';

/**
 * The data plane of a worker: real HTTPS, or HTTP in a directory of sockets, or one that is called; one media file, faults on
 * demand.
 */
export class FaultyWorker implements OwnWorker {
  readonly requests: MediaRequest[] = [];
  readonly cancelled: Promise<void>;
  /** Answers that it has begun and nobody has had in full. */
  openAnswers = 0;
  /** Connections that were made to it. */
  connections = 0;
  private reportCancelled: () => void = () => undefined;
  private readonly server: Server;
  private place = 0;
  private readonly parts = new Set<number>();

  constructor(
    readonly instance: string,
    identity: InternalIdentity,
    private readonly fault: Fault = {},
    private readonly socketDirectory?: string,
  ) {
    this.cancelled = new Promise(resolve => (this.reportCancelled = resolve));
    const listener = (request: IncomingMessage, response: DataPlaneResponse): void => {
      this.watch(response);
      void json(request).then(body => this.answer(body as MediaRequest, response));
    };
    this.server =
      socketDirectory === undefined
        ? createServer({ ...internalTlsOptions(identity), requestCert: true }, listener)
        : createPlainServer(listener);
  }

  /** As if it were in the process of the gateway. */
  ask(request: OwnWorkerRequest, signal: AbortSignal): Promise<OwnWorkerAnswer> {
    const response = new OwnProcessResponse();
    this.watch(response);
    signal.addEventListener('abort', () => response.destroy(signal.reason as Error), { once: true });
    this.answer(request.body as MediaRequest, response);
    return response.answered;
  }

  private watch(response: DataPlaneResponse): void {
    this.openAnswers++;
    response.on('close', () => {
      this.openAnswers--;
      if (!response.writableFinished) this.reportCancelled();
    });
  }

  async listen(): Promise<void> {
    this.server.on(this.socketDirectory === undefined ? 'secureConnection' : 'connection', () => this.connections++);
    await this.listenAt(0);
  }

  get registration(): WorkerRegistration {
    const address = this.server.address() as AddressInfo | string;
    const url = typeof address === 'string' ? nowhere : `https://127.0.0.1:${address.port}`;
    const parts = this.fault.needsParts === undefined ? {} : { contentTreeParts: true as const };
    return { instance: this.instance, url, inFlight: 0, version: '0.1.0', ...parts };
  }

  /** Connections are refused until it comes back in the same place. */
  async goAway(): Promise<void> {
    const address = this.server.address() as AddressInfo | string;
    this.place = typeof address === 'string' ? 0 : address.port;
    await within('the worker to close', new Promise(resolve => this.server.close(resolve)));
  }

  async comeBack(): Promise<void> {
    await this.listenAt(this.place);
  }

  private async listenAt(port: number): Promise<void> {
    const { socketDirectory: directory } = this;
    const path = directory === undefined ? undefined : join(directory, socketNameOf(this.instance));
    const place = path === undefined ? { port, host: '127.0.0.1' } : { path };
    await within('the worker to listen', new Promise<void>(resolve => this.server.listen(place, resolve)));
    if (path !== undefined) chmodSync(path, 0o600);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private problemOf(request: MediaRequest): ErrorCode | undefined {
    const { needsContentTree, passing, problem } = this.fault;
    if (needsContentTree === true && request.contentTree === undefined) return 'RCS_CONTENT_TREE_NEEDED';
    if (this.lacksParts(request)) return 'RCS_CONTENT_TREE_NEEDED';
    return passing?.requests.includes(this.requests.length - 1) === true ? passing.problem : problem;
  }

  private lacksParts({ contentTreeParts: sent }: MediaRequest): boolean {
    for (const { part } of sent?.parts ?? []) this.parts.add(part);
    return this.fault.needsParts?.some(part => !this.parts.has(part)) === true;
  }

  /** After so many bytes of this answer the connection is cut. */
  private cutAfter(offset: number, length: number): number | undefined {
    const { cutAfter, diesAt } = this.fault;
    return diesAt === undefined || diesAt > offset + length ? cutAfter : Math.max(0, diesAt - offset);
  }

  private answer(request: MediaRequest, response: DataPlaneResponse): void {
    this.requests.push(request);
    const { stall, media: whole = media } = this.fault;
    const problem = this.problemOf(request);
    if (problem !== undefined) {
      const body = JSON.stringify(toProblemDetails(new RcsError(problem)));
      const needed = { [neededPartsHeader]: neededPartsText(this.fault.needsParts ?? 'all') };
      response
        .writeHead(new RcsError(problem).definition.http, {
          'content-length': Buffer.byteLength(body),
          ...(this.lacksParts(request) ? needed : {}),
        })
        .end(body);
      return;
    }
    const offset = request.resume?.offset ?? 0;
    const rest = request.method === 'HEAD' ? Buffer.alloc(0) : whole.subarray(offset);
    const { window = rest.length } = request;
    const body = rest.length > window * 1.5 ? rest.subarray(0, window) : rest;
    const cutAfter = this.cutAfter(offset, body.length);
    response.writeHead(200, {
      'content-type': 'audio/mpeg',
      etag: offset >= (this.fault.tagChangesAt ?? Infinity) ? '"changed"' : (this.fault.entityTag ?? entityTag),
      'content-length': body.length,
      'x-internal': 'not for players',
      ...(request.method === 'HEAD' || body.length < rest.length
        ? { [representationLengthHeader]: String(whole.length) }
        : {}),
    });
    if (stall === true) response.write(body.subarray(0, 1000));
    else if (cutAfter === undefined || (cutAfter >= body.length && this.fault.diesAt === undefined))
      send(body, response);
    else if (cutAfter === 0) {
      if (response instanceof ServerResponse) response.flushHeaders();
      response.destroy();
    } else response.write(body.subarray(0, cutAfter), () => cutWhenTaken(response));
  }
}

/** In pieces of the size that workers decrypt at once: one in the same process is read as it writes. */
function send(body: Buffer, response: DataPlaneResponse): void {
  if (!(response instanceof OwnProcessResponse)) return void response.end(body);
  const pieces = Array.from({ length: Math.ceil(body.length / pieceBytes) }, (_, index) =>
    body.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  Readable.from(pieces, { objectMode: false }).pipe(response);
}

/** What a worker in the same process has written is lost with it where nobody has taken it: whoever reads has time to. */
function cutWhenTaken(response: DataPlaneResponse, turns = 200): void {
  const isHeld = response instanceof OwnProcessResponse && response.readableLength > 0;
  if (isHeld && turns > 0) setImmediate(() => cutWhenTaken(response, turns - 1));
  else response.destroy();
}
