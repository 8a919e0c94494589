import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';

/** What is uploaded, while it comes. */
export interface Upload extends AsyncIterable<Buffer> {
  /** Whether all of it has come. */
  readonly complete: boolean;
}

/** A request to the data plane, whichever way it came. */
export interface DataPlaneRequest {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** @throws RcsError RCS_INVALID_VALUE where nothing is uploaded */
  readonly upload: Upload;
  /** Whether all of it has come. */
  readonly complete: boolean;
  /** Whether the caller works on this very request in this process: its trace is known here already. */
  readonly isOfThisProcess: boolean;
  /** @throws RcsError RCS_CALLER_NOT_ALLOWED */
  checkCaller(): void;
  /** @throws RcsError RCS_PAYLOAD_TOO_LARGE or RCS_INVALID_VALUE */
  json(): Promise<unknown>;
}

/** Where an answer goes: that of Node's HTTP server, or the one to a caller in this process. */
export interface DataPlaneResponse extends Writable {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers?: OutgoingHttpHeaders): this;
}

export interface Exchange {
  readonly requestId: string;
  /** Aborted as soon as the gateway leaves. */
  readonly signal: AbortSignal;
  readonly response: DataPlaneResponse;
}
