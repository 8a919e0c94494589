import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { representationLengthHeader, type MediaRequest, type WorkerRegistration } from '#contracts';
import { internalTlsOptions, RcsError, toProblemDetails, type ErrorCode, type InternalIdentity } from '#platform';

/** The one media file every worker has. */
export const media = randomBytes(200_000);
export const entityTag = '"current"';

/** What one worker does wrong. */
export interface Fault {
  /** Cuts the connection after so many bytes of its answer. */
  readonly cutAfter?: number;
  readonly problem?: ErrorCode;
  readonly entityTag?: string;
  /** Sends the head and the first bytes, then nothing. */
  readonly stall?: boolean;
  /** Does not know the content tree, and asks for it. */
  readonly needsContentTree?: boolean;
}

/** The data plane of a worker: real HTTPS, one media file, faults on demand. */
export class FaultyWorker {
  readonly requests: MediaRequest[] = [];
  readonly cancelled: Promise<void>;
  private reportCancelled: () => void = () => undefined;
  private readonly server: Server;
  private place = 0;

  constructor(
    readonly instance: string,
    identity: InternalIdentity,
    private readonly fault: Fault = {},
  ) {
    this.cancelled = new Promise(resolve => (this.reportCancelled = resolve));
    this.server = createServer({ ...internalTlsOptions(identity), requestCert: true }, (request, response) => {
      response.on('close', () => {
        if (!response.writableFinished) this.reportCancelled();
      });
      void json(request).then(body => {
        this.requests.push(body as MediaRequest);
        this.answer(body as MediaRequest, response);
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
  }

  get registration(): WorkerRegistration {
    const { port } = this.server.address() as AddressInfo;
    return { instance: this.instance, url: `https://127.0.0.1:${port}`, inFlight: 0, version: '0.1.0' };
  }

  /** Connections are refused until it comes back in the same place. */
  async goAway(): Promise<void> {
    this.place = (this.server.address() as AddressInfo).port;
    await new Promise(resolve => this.server.close(resolve));
  }

  async comeBack(): Promise<void> {
    await new Promise<void>(resolve => this.server.listen(this.place, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: MediaRequest, response: ServerResponse): void {
    const { cutAfter, stall, needsContentTree } = this.fault;
    const asksForTree = needsContentTree === true && request.contentTree === undefined;
    const problem = asksForTree ? 'RCS_CONTENT_TREE_NEEDED' : this.fault.problem;
    if (problem !== undefined) {
      const body = JSON.stringify(toProblemDetails(new RcsError(problem)));
      response
        .writeHead(new RcsError(problem).definition.http, { 'content-length': Buffer.byteLength(body) })
        .end(body);
      return;
    }
    const body = request.method === 'HEAD' ? Buffer.alloc(0) : media.subarray(request.resume?.offset ?? 0);
    response.writeHead(200, {
      'content-type': 'audio/mpeg',
      etag: this.fault.entityTag ?? entityTag,
      'content-length': body.length,
      'x-internal': 'not for players',
      ...(request.method === 'HEAD' ? { [representationLengthHeader]: String(media.length) } : {}),
    });
    if (stall === true) response.write(body.subarray(0, 1000));
    else if (cutAfter === undefined || cutAfter >= body.length) response.end(body);
    else if (cutAfter === 0) response.flushHeaders();
    else response.write(body.subarray(0, cutAfter), () => response.destroy());
    if (cutAfter === 0) response.destroy();
  }
}
