import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import {
  closeServer,
  ConfigurationError,
  describeError,
  isSameFile,
  millisecondsSince,
  SocketDirectory,
  socketNameOf,
  type FileIdentity,
  type Logger,
} from '#platform';

/** So long a gateway does without the socket of a worker that somebody removed. */
const lookAgainMs = 1000;
const probeTimeoutMs = 1000;
/** Until a socket has its final name it may be one that is being made. */
const makingMs = 60_000;
/** Names that workers give: the final one, and the one of before. */
const workerSocket = /^[\w-]{22}\.sock(?<making>\.[0-9a-f]{8})?$/;

export interface SocketPlace {
  readonly directory: string;
  /** What is named where the directory cannot be used. */
  readonly option: string;
}

interface Listening {
  readonly server: Server;
  readonly file: FileIdentity;
}

/** Keeps a socket of this worker in the directory, for gateways of the same host and user. */
export class SocketListener {
  private readonly name: string;
  private readonly former = new Set<Server>();
  private directory: SocketDirectory | undefined;
  private present: Listening | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private failed = false;

  /** @param makeServer called for each socket that is made: a server listens once. */
  constructor(
    private readonly place: SocketPlace,
    instance: string,
    private readonly makeServer: () => Server,
    private readonly logger: Logger,
  ) {
    this.name = socketNameOf(instance);
  }

  /** @throws ConfigurationError where the directory cannot be trusted */
  async open(): Promise<void> {
    this.directory = SocketDirectory.open(this.place.directory, this.place.option);
    for (const name of await removeStale(this.directory))
      this.logger.info({ socket: name }, 'a dead socket was removed');
    try {
      await this.listenIn(this.directory);
    } catch (error) {
      const { option, directory } = this.place;
      throw new ConfigurationError(`option ${option}: ${directory} takes no socket: ${describeError(error)}`);
    }
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look());
    }, lookAgainMs);
  }

  /** Nobody finds it any more; at the deadline what is under way is cut. */
  async close(deadline: AbortSignal): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    const { directory, present } = this;
    if (directory !== undefined && isSameFile(directory.socket(this.name), present?.file))
      rmSync(directory.pathOf(this.name), { force: true });
    const servers = [...this.former, ...(present === undefined ? [] : [present.server])];
    await Promise.all(servers.map(server => closeServer(server, deadline, () => closed(server))));
    directory?.release();
  }

  /** Whoever removed socket or directory took nothing that does not come back. */
  private async look(): Promise<void> {
    try {
      const { directory, present } = this;
      const isInPlace = directory?.isInPlace === true;
      if (isInPlace && isSameFile(directory.socket(this.name), present?.file)) return;
      if (!isInPlace) await this.moveTo(SocketDirectory.open(this.place.directory, this.place.option));
      else await this.listenIn(directory);
      if (present !== undefined) this.retire(present.server);
      this.failed = false;
      this.logger.warn({ directory: this.place.directory }, 'the socket of this worker was gone; it is there again');
    } catch (error) {
      if (!this.failed)
        this.logger.warn({ error: describeError(error) }, 'this worker has no socket: gateways use TLS');
      this.failed = true;
    }
  }

  /** Another directory has the name. One that takes no socket is let go again: it is looked at anew every second. */
  private async moveTo(next: SocketDirectory): Promise<void> {
    try {
      await this.listenIn(next);
    } catch (error) {
      next.release();
      throw error;
    }
    this.directory?.release();
    this.directory = next;
  }

  /** The name appears when it listens, and nobody else may write to it: a socket that refuses is a dead one. */
  private async listenIn(directory: SocketDirectory): Promise<void> {
    const server = this.makeServer();
    try {
      this.present = { server, file: await this.listening(server, directory) };
    } catch (error) {
      server.close();
      throw error;
    }
  }

  private async listening(server: Server, directory: SocketDirectory): Promise<FileIdentity> {
    const making = `${this.name}.${randomBytes(4).toString('hex')}`;
    server.listen({ path: directory.pathOf(making) });
    await once(server, 'listening', { signal: AbortSignal.timeout(probeTimeoutMs) });
    chmodSync(directory.pathOf(making), 0o600);
    const file = directory.socket(making);
    if (file === undefined) throw new Error(`${this.place.directory} does not keep a socket`);
    renameSync(directory.pathOf(making), directory.pathOf(this.name));
    return file;
  }

  private retire(server: Server): void {
    this.former.add(server);
    void closed(server).then(() => this.former.delete(server));
    server.closeIdleConnections();
  }
}

const closed = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

/** What killed workers left. @returns the names. */
async function removeStale(directory: SocketDirectory): Promise<string[]> {
  const removed: string[] = [];
  for (const name of directory.names()) {
    const match = workerSocket.exec(name);
    const file = match === null ? undefined : directory.socket(name);
    if (file === undefined) continue;
    const mayBeMade = match?.groups?.making !== undefined && millisecondsSince(file.changedAt) < makingMs;
    if (mayBeMade || !(await isRefused(directory.pathOf(name)))) continue;
    if (!isSameFile(directory.socket(name), file)) continue;
    rmSync(directory.pathOf(name), { force: true });
    removed.push(name);
  }
  return removed;
}

/** Whether nobody listens: a worker that has too much to do refuses nothing. */
async function isRefused(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(probeTimeoutMs) });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
