import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import { collect } from './collected-answer.js';
import { fileExistsError, statusError } from './storage-errors.js';
import type { StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Not every server says 404 alone. */
const nothingThere = [404, 410];
/** What a server says of a destination by its URL where it knows itself by another name: behind a proxy that ends TLS. */
const anotherServer = [400, 502];
const unknownMethod = [405, 501];

/** Gives a file another name in the same storage (RFC 4918, 9.9); what has that name already stays as it is. */
export class WebDavMove {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly location: MediaLocation,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RcsError RCS_STORAGE_FILE_EXISTS, RCS_STORAGE_* */
  async to({ segments }: MediaLocation): Promise<void> {
    const { connection } = this;
    const destination = connection.target(segments);
    // Not every server keeps to the condition.
    const there = await this.request('HEAD', destination);
    if (there < 300) throw fileExistsError(connection.name, destination);
    if (!nothingThere.includes(there)) throw statusError(there, connection.name, destination);
    let status = await this.move(`${connection.name}${destination}`);
    if (anotherServer.includes(status)) status = await this.move(destination);
    if (status === 412) throw fileExistsError(connection.name, destination);
    if (unknownMethod.includes(status)) {
      const publicDetail = 'the storage does not know the method MOVE';
      throw new RcsError('RCS_STORAGE_FAILED', `storage ${connection.name} answered ${status} to MOVE`, {
        publicDetail,
      });
    }
    // 207 tells of what could not be moved.
    if (status < 200 || status > 299 || status === 207) throw statusError(status, connection.name, this.target);
  }

  private get target(): string {
    return this.connection.target(this.location.segments);
  }

  private move(destination: string): Promise<number> {
    return this.request('MOVE', this.target, { destination, overwrite: 'F' });
  }

  private async request(
    method: StorageRequest['method'],
    target: string,
    headers: StorageRequest['headers'] = {},
  ): Promise<number> {
    const { connection, signal } = this;
    const request = { method, target, headers, signal, totalTimeoutMs: connection.totalTimeoutMs };
    return (await collect(connection, request, () => 0)).status;
  }
}
