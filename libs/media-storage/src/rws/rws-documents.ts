import { silentObserver, type MediaStorageConfiguration } from '../media-storage-configuration.js';
import { collect } from '../webdav/collected-answer.js';
import { isCoded } from '../webdav/response-validators.js';
import type { WebDavConnection } from '../webdav/webdav-connection.js';
import { rwsConnection } from './rws-connection.js';

/** An answer of an RWS, whole. */
export interface RwsDocument {
  readonly status: number;
  /** In lower case, without parameters; empty where it says none. */
  readonly mediaType: string;
  readonly body: Buffer;
  /** Why the body is not to be read, although there is one. */
  readonly flaw: string | undefined;
}

/** What an RWS says about things, over the same connections and limits as its media. */
export class RwsDocuments {
  private readonly connection: WebDavConnection;

  constructor(configuration: MediaStorageConfiguration) {
    this.connection = rwsConnection(configuration, silentObserver);
  }

  /** Scheme, host and port, for messages. */
  get name(): string {
    return this.connection.name;
  }

  /**
   * Reads what lies at a path below the API: whole, in one piece of time, and no redirect is followed.
   * @throws RcsError RCS_STORAGE_* where there is no answer, RCS_OVERLOADED
   */
  async read(
    segments: readonly string[],
    {
      longest,
      timeoutMs,
      signal,
    }: { readonly longest: number; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<RwsDocument> {
    const target = this.connection.target(segments);
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    const request = { method: 'GET', target, headers, signal, totalTimeoutMs: timeoutMs } as const;
    // One byte more than is taken tells that there are more.
    const answer = await collect(this.connection, request, () => longest + 1);
    const { status, body } = answer;
    const [mediaType = ''] = (answer.headers['content-type'] ?? '').split(';');
    const tooLong = body.length > longest ? `it has more than ${longest} bytes` : undefined;
    const flaw = isCoded(answer) ? 'it has a Content-Encoding' : tooLong;
    return { status, mediaType: mediaType.trim().toLowerCase(), body, flaw };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
