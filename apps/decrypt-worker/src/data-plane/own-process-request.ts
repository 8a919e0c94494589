import { Readable } from 'node:stream';
import type { OwnWorkerRequest } from '#contracts';
import { RcsError } from '#platform';
import type { DataPlaneRequest, Upload } from './data-plane-exchange.js';

/** The request of a caller in this process: who may run code here needs no certificate, and for every act its grant. */
export class OwnProcessRequest implements DataPlaneRequest {
  readonly method = 'POST';
  readonly isOfThisProcess = true;
  readonly complete = true;

  constructor(private readonly request: OwnWorkerRequest) {}

  get path(): string {
    return this.request.path;
  }

  get headers(): OwnWorkerRequest['headers'] {
    return this.request.headers;
  }

  get upload(): Upload {
    const { body } = this.request;
    if (!(body instanceof Readable)) throw new RcsError('RCS_INVALID_VALUE', 'nothing is uploaded');
    return {
      [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() as AsyncIterator<Buffer>,
      get complete() {
        return body.readableEnded;
      },
    };
  }

  checkCaller(): void {
    return;
  }

  json(): Promise<unknown> {
    return Promise.resolve(this.request.body);
  }
}
