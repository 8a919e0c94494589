import { RcsError } from '#platform';
import type { StoredEntry } from '../stored-object.js';
import { collect } from './collected-answer.js';
import { statusError } from './storage-errors.js';
import { entriesOfMultistatus } from './multistatus.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Some 300,000 files: a folder with more is to be named by its folders. */
const longestListing = 128 * 1024 * 1024;

/** What lies in one collection, and not in those below it (RFC 4918, 9.1: many servers refuse to list all of them at once). */
export class WebDavListing {
  constructor(
    private readonly connection: WebDavConnection,
    private readonly segments: readonly string[],
    private readonly signal: AbortSignal,
  ) {}

  /** @throws RcsError RCS_STORAGE_FILE_MISSING, RCS_STORAGE_FAILED for what is no listing, RCS_STORAGE_* */
  async list(): Promise<readonly StoredEntry[]> {
    const { connection, signal } = this;
    const target = `${connection.target(this.segments).replace(/\/+$/, '')}/`;
    const request = {
      method: 'PROPFIND' as const,
      target,
      headers: { depth: '1', 'content-type': 'application/xml; charset=utf-8' },
      body: Buffer.from('<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'),
      signal,
      totalTimeoutMs: connection.totalTimeoutMs,
    };
    const { status, body } = await collect(connection, request, () => longestListing);
    if (status !== 207) throw statusError(status, connection.name, target);
    if (body.length >= longestListing) throw this.failed(`has too many files in ${target}: name the folders below it`);
    const entries = entriesOfMultistatus(body.toString('utf8'), target);
    if (entries === undefined) throw this.failed(`answered no listing of ${target}`);
    return entries;
  }

  private failed(what: string): RcsError {
    return new RcsError('RCS_STORAGE_FAILED', `storage ${this.connection.name} ${what}`);
  }
}
