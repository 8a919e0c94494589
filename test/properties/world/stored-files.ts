import { Agent, request } from 'undici';
import type { ReadyLine } from '#test/cluster/running-cluster.js';

/** The WebDAV server, as whoever may write to it sees it. */
export class StoredFiles {
  /** A connection for each request: one that is kept may be closed by Apache in the moment in which it is used again. */
  private readonly agent = new Agent({ connections: 16, pipelining: 0 });
  private readonly authorization: string;

  constructor(private readonly webdav: ReadyLine['webdav']) {
    this.authorization = `Basic ${Buffer.from(`${webdav.user}:${webdav.password}`).toString('base64')}`;
  }

  async put(path: string, bytes: Buffer): Promise<void> {
    await this.send('PUT', path, bytes);
  }

  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** The same bytes as another file: another entity tag, another date. */
  async putAgain(path: string, bytes: Buffer): Promise<void> {
    await this.remove(path);
    await this.put(path, bytes);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async send(method: 'PUT' | 'DELETE', path: string, body?: Buffer): Promise<void> {
    const answer = await request(`${this.webdav.url}/${path}`, {
      dispatcher: this.agent,
      method,
      headers: { authorization: this.authorization },
      ...(body === undefined ? {} : { body }),
    });
    await answer.body.dump();
    if (answer.statusCode > 299) throw new Error(`${method} ${path}: the storage answers ${answer.statusCode}`);
  }
}
