import { randomUUID } from 'node:crypto';
import { collect } from './collected-answer.js';
import { statusError } from './storage-errors.js';
import type { StorageRequest } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Sees whether a storage answers as it would to a playback, without a file of it. */
export class WebDavProbe {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly signal: AbortSignal,
  ) {}

  /** By a name that nobody has: whoever may not read is told so before it is known missing. @throws RcsError RCS_STORAGE_* */
  async read(): Promise<void> {
    const target = this.connection.target([`.rcs-probe-${randomUUID()}`]);
    const status = await this.statusOf({ method: 'HEAD', target, headers: {} });
    if (status >= 400 && status !== 404 && status !== 410) throw statusError(status, this.connection.name, target);
  }

  /** Servers of plain HTTP know no folders: of them nothing is said. @throws RcsError RCS_STORAGE_FILE_MISSING, RCS_STORAGE_* */
  async findFolder(): Promise<void> {
    const target = `${this.connection.target([]).replace(/\/+$/, '')}/`;
    const headers = { depth: '0', 'content-type': 'application/xml; charset=utf-8' };
    const body = Buffer.from('<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>');
    const status = await this.statusOf({ method: 'PROPFIND', target, headers, body });
    if (status === 404 || status === 410) throw statusError(status, this.connection.name, target);
  }

  private async statusOf(request: Omit<StorageRequest, 'signal' | 'totalTimeoutMs'>): Promise<number> {
    const { connection, signal } = this;
    const bounded = { ...request, signal, totalTimeoutMs: connection.totalTimeoutMs };
    return (await collect(connection, bounded, () => 0)).status;
  }
}
