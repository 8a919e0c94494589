import { Readable } from 'node:stream';
import type { MediaLocation } from '../media-location.js';
import { collect } from './collected-answer.js';
import { fileExistsError, statusError } from './storage-errors.js';
import type { StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Not every server says 404 alone. */
const nothingThere = [404, 410];
/** What a PUT below a missing collection is answered with: RFC 4918, 9.7.1, has 409, nginx 500. */
const collectionMissing = [409, 404, 500];

/**
 * Stores one new file, and makes the collections above it that are missing (RFC 4918, 9.3 and 9.7.1). Nothing that is
 * there is replaced: the server is asked first, and told with the file (`If-None-Match: *`, RFC 9110, 13.1.2), because not
 * every server keeps to the condition (nginx does not). Against two writers at the same moment only names help that
 * nobody else has.
 */
export class WebDavUpload {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly location: MediaLocation,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RcsError RCS_STORAGE_FILE_EXISTS, RCS_STORAGE_* */
  async send(body: Buffer | Readable, length: number | undefined): Promise<void> {
    if (body instanceof Readable) await this.sendStream(body, length);
    else await this.sendBuffer(body);
  }

  private async sendBuffer(body: Buffer): Promise<void> {
    await this.checkThatNothingIsThere();
    const status = await this.put(body, body.length);
    if (collectionMissing.includes(status)) {
      await this.makeCollections();
      this.check(await this.put(body, body.length));
    } else this.check(status);
  }

  /** A stream can be sent once only: the challenge is answered and the collections are made before. */
  private async sendStream(body: Readable, length: number | undefined): Promise<void> {
    try {
      await this.checkThatNothingIsThere();
      await this.makeCollections();
      this.check(await this.put(body, length));
    } finally {
      body.destroy();
    }
  }

  private async checkThatNothingIsThere(): Promise<void> {
    const target = this.connection.target(this.location.segments);
    const status = await this.request('HEAD', target);
    if (nothingThere.includes(status)) return;
    throw status < 300
      ? fileExistsError(this.connection.name, target)
      : statusError(status, this.connection.name, target);
  }

  private async makeCollections(): Promise<void> {
    const { segments } = this.location;
    for (let depth = 1; depth < segments.length; depth++) {
      // With the final slash of a collection: nginx wants it.
      const status = await this.request('MKCOL', `${this.connection.target(segments.slice(0, depth))}/`);
      // 405: it is there already, RFC 4918, 9.3.1.
      if (status !== 405) this.check(status);
    }
  }

  private put(body: Buffer | Readable, length: number | undefined): Promise<number> {
    const headers = {
      'content-type': 'application/octet-stream',
      'if-none-match': '*',
      ...(length === undefined ? {} : { 'content-length': String(length) }),
    };
    return this.request('PUT', this.connection.target(this.location.segments), { body, headers });
  }

  private async request(
    method: StorageRequest['method'],
    target: string,
    more: Partial<StorageRequest> = {},
  ): Promise<number> {
    const { connection, signal } = this;
    const request = { method, target, headers: {}, signal, totalTimeoutMs: connection.totalTimeoutMs, ...more };
    return (await collect(connection, request, () => 0)).status;
  }

  private check(status: number): void {
    if (status >= 200 && status <= 299) return;
    const { name } = this.connection;
    const target = this.connection.target(this.location.segments);
    throw status === 412 ? fileExistsError(name, target) : statusError(status, name, target);
  }
}
