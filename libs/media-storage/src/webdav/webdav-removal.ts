import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import { collect } from './collected-answer.js';
import { statusError } from './storage-errors.js';
import type { StorageAnswer, StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Not every server says 404 alone. */
const nothingThere = [404, 410];
/** What servers without PROPFIND say of it: nginx 405, others 501. */
const noPropertiesKnown = [405, 501];
/** The properties of one file, bytes. */
const longestProperties = 64 * 1024;
/** RFC 4918, 15.9, whatever prefix the server gave the namespace. */
const collectionType = /<(?:[\w.-]+:)?collection\s*\/?>/i;

/**
 * Removes one file (RFC 4918, 9.6). A DELETE of a collection removes all that lies in it, so the server is asked what is
 * there before; it is asked again after, because an answer of success alone is no proof.
 */
export class WebDavRemoval {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly location: MediaLocation,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RcsError RCS_STORAGE_CHANGED where another file took its place meanwhile, RCS_STORAGE_* */
  async remove(): Promise<void> {
    const present = await this.request('HEAD');
    if (nothingThere.includes(present.status)) return;
    if (present.status !== 200) throw this.unexpected(present.status);
    await this.checkThatItIsNoCollection();
    await this.removeFile(present.headers['etag']);
    const { status } = await this.request('HEAD');
    if (!nothingThere.includes(status)) throw this.failed(`says that it removed ${this.target}, and still has it`);
  }

  private async removeFile(entityTag: string | undefined): Promise<void> {
    // A weak tag never matches (RFC 9110, 13.1.1).
    const isStrong = entityTag?.startsWith('"') === true;
    const { status } = await this.request('DELETE', { headers: isStrong ? { 'if-match': entityTag } : {} });
    if (nothingThere.includes(status)) return;
    if (status === 412) throw new RcsError('RCS_STORAGE_CHANGED', `${this.target} was replaced while it was removed`);
    // 207 tells of what could not be removed (RFC 4918, 9.6.1).
    if (status < 200 || status > 299 || status === 207) throw this.unexpected(status);
  }

  private async checkThatItIsNoCollection(): Promise<void> {
    if (this.target.endsWith('/')) throw this.failed(`is not asked to remove the collection ${this.target}`);
    const properties = await this.request('PROPFIND', {
      headers: { depth: '0', 'content-type': 'application/xml; charset=utf-8' },
      body: Buffer.from('<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'),
    });
    if (noPropertiesKnown.includes(properties.status)) return;
    if (properties.status !== 207) throw this.unexpected(properties.status);
    if (collectionType.test(properties.body.toString('utf8')))
      throw this.failed(`has a collection at ${this.target}, which is not removed`);
  }

  private get target(): string {
    return this.connection.target(this.location.segments);
  }

  private unexpected(status: number): RcsError {
    return statusError(status, this.connection.name, this.target);
  }

  private failed(what: string): RcsError {
    return new RcsError('RCS_STORAGE_FAILED', `storage ${this.connection.name} ${what}`);
  }

  private async request(
    method: StorageRequest['method'],
    more: Partial<StorageRequest> = {},
  ): Promise<StorageAnswer & { readonly body: Buffer }> {
    const { connection, signal, target } = this;
    const request = { method, target, headers: {}, signal, totalTimeoutMs: connection.totalTimeoutMs, ...more };
    return collect(connection, request, () => (method === 'PROPFIND' ? longestProperties : 0));
  }
}
