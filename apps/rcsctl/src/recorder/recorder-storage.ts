import { Readable } from 'node:stream';
import { ContentTreeBuilder, MediaStorages, type ContentTree, type MediaLocation } from '#media-storage';
import { RcsError } from '#platform';
import type { Plaintext } from './plaintext.js';

export interface WebDavAccess {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** PEM of the authorities that vouch for the storage; the system's when absent. */
  readonly caPem?: string | undefined;
  /** Base URL of the storage as the servers have it; media is in the first storage of the contact center when absent. */
  readonly storageUrl?: string | undefined;
}

/** A recorder's connection is patient: screens of a day are sent over slow lines. */
const timeouts = {
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 120_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 4 * 3600_000,
};

/** A storage as a recorder uses it: what is stored is new, and proved to be there. */
export class RecorderStorage {
  private readonly storages: MediaStorages;

  constructor(
    { url, user, password, caPem }: WebDavAccess,
    private readonly contactCenter: string,
  ) {
    const trustedCA = caPem === undefined ? true : { pem: caPem };
    const credentials = user === undefined ? {} : { userName: user, password: password ?? '' };
    this.storages = new MediaStorages([
      { storage: 'webDAV', url, ...credentials, trustedCA, maxConnections: 2, ...timeouts },
    ]);
  }

  /**
   * Stores a file, reads it back from its first byte to its last, and compares.
   * @param open the file from its beginning; asked again when the storage wants to know first who writes.
   * @returns the tree of what is stored.
   * @throws RcsError RCS_STORAGE_FILE_EXISTS, RCS_STORAGE_*; Error when something else came back than was sent.
   */
  async store(path: string, open: () => { stored: Readable; length: number | undefined }): Promise<ContentTree> {
    const location = this.locate(path);
    const sent = await this.sendTo(location, open);
    const found = await this.readBack(location);
    if (found.length === sent.length && found.root === sent.root) return sent;
    throw new Error(
      `the storage gives back something else than was sent to ${path} (${found.length} of ${sent.length} bytes): ` +
        'nothing was inserted; look into the log of the storage, and record again',
    );
  }

  /** A stored file as what is to be recorded: read from its beginning each time, and held to how it was at first. */
  async plaintext(path: string): Promise<Plaintext> {
    const signal = patience();
    const file = await this.storages.open(this.locate(path), {}, signal);
    return { length: file.size, open: () => file.stream(0, file.size, signal) };
  }

  /** All files in a folder and in those below it, by their paths; the base of the storage is ''. */
  async *filesBelow(folder: string): AsyncGenerator<string> {
    const segments = folder.split('/').filter(name => name !== '');
    const entries = await this.storages.list({ storageIndex: 0, segments }, patience());
    for (const { name, isFolder } of entries) {
      const path = [...segments, name].join('/');
      if (isFolder) yield* this.filesBelow(path);
      else yield path;
    }
  }

  /** Removes what this run stored. Resolves when nothing is there any more. */
  async remove(path: string): Promise<void> {
    await this.storages.remove(this.locate(path), patience());
  }

  async close(): Promise<void> {
    await this.storages.close();
  }

  private locate(path: string): MediaLocation {
    return this.storages.resolve({ storage: 'webDAV', path }, this.contactCenter);
  }

  private async sendTo(location: MediaLocation, open: Parameters<RecorderStorage['store']>[1]): Promise<ContentTree> {
    try {
      return await this.send(location, open());
    } catch (error) {
      // Whoever may read without a name is asked for it when the body is on its way already.
      if (!(error instanceof RcsError) || error.code !== 'RCS_STORAGE_ACCESS_REFUSED') throw error;
      return await this.send(location, open());
    }
  }

  private async send(
    location: MediaLocation,
    { stored, length }: { stored: Readable; length: number | undefined },
  ): Promise<ContentTree> {
    const tree = new ContentTreeBuilder();
    const body = Readable.from(passing(stored, tree), { objectMode: false });
    try {
      await this.storages.put(location, body, length, patience());
      return tree.finish();
    } catch (error) {
      // Not the storage is to blame for what could not be read here.
      throw body.errored ?? error;
    } finally {
      stored.destroy();
    }
  }

  private async readBack(location: MediaLocation): Promise<ContentTree> {
    const signal = patience();
    const file = await this.storages.open(location, {}, signal);
    const tree = new ContentTreeBuilder();
    for await (const chunk of file.stream(0, file.size, signal) as AsyncIterable<Buffer>) tree.update(chunk);
    return tree.finish();
  }
}

async function* passing(body: Readable, tree: ContentTreeBuilder): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    tree.update(chunk);
    yield chunk;
  }
}

const patience = (): AbortSignal => AbortSignal.timeout(timeouts.totalTimeoutMs);
