import { Readable } from 'node:stream';
import type { MediaLocation } from '../media-location.js';
import { collect } from './collected-answer.js';
import { statusError } from './storage-errors.js';
import type { StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Stores one file, and makes the collections above it that are missing (RFC 4918, 9.3 and 9.7.1). */
export class WebDavUpload {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly location: MediaLocation,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RcsError RCS_STORAGE_* */
  async send(body: Buffer | Readable, length: number | undefined): Promise<void> {
    if (body instanceof Readable) await this.sendStream(body, length);
    else await this.sendBuffer(body);
  }

  private async sendBuffer(body: Buffer): Promise<void> {
    const status = await this.put(body, body.length);
    if (status === 409) {
      await this.makeCollections();
      this.check(await this.put(body, body.length));
    } else this.check(status);
  }

  /** A stream can be sent once only: the challenge is answered and the collections are made before. */
  private async sendStream(body: Readable, length: number | undefined): Promise<void> {
    try {
      await this.request('OPTIONS', this.location.segments);
      await this.makeCollections();
      this.check(await this.put(body, length));
    } finally {
      body.destroy();
    }
  }

  private async makeCollections(): Promise<void> {
    const { segments } = this.location;
    for (let depth = 1; depth < segments.length; depth++) {
      const status = await this.request('MKCOL', segments.slice(0, depth));
      // 405: it is there already, RFC 4918, 9.3.1.
      if (status !== 405) this.check(status);
    }
  }

  private put(body: Buffer | Readable, length: number | undefined): Promise<number> {
    const headers = {
      'content-type': 'application/octet-stream',
      ...(length === undefined ? {} : { 'content-length': String(length) }),
    };
    return this.request('PUT', this.location.segments, { body, headers });
  }

  private async request(
    method: StorageRequest['method'],
    segments: readonly string[],
    more: Partial<StorageRequest> = {},
  ): Promise<number> {
    const { connection, signal } = this;
    const target = connection.target(segments);
    const request = { method, target, headers: {}, signal, totalTimeoutMs: connection.totalTimeoutMs, ...more };
    return (await collect(connection, request, () => 0)).status;
  }

  private check(status: number): void {
    if (status < 200 || status > 299) {
      throw statusError(status, this.connection.name, this.connection.target(this.location.segments));
    }
  }
}
