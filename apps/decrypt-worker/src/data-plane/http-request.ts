import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { exactPath } from '#platform';
import type { DataPlaneRequest, Upload } from './data-plane-exchange.js';
import { readJsonBody } from './read-json-body.js';

/** A request that came over HTTP. */
export class HttpRequest implements DataPlaneRequest {
  readonly isOfThisProcess = false;
  readonly path: string;

  constructor(
    private readonly request: IncomingMessage,
    readonly checkCaller: () => void,
  ) {
    this.path = exactPath(request);
  }

  get method(): string | undefined {
    return this.request.method;
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get upload(): Upload {
    return this.request;
  }

  get complete(): boolean {
    return this.request.complete;
  }

  json(): Promise<unknown> {
    return readJsonBody(this.request);
  }
}
