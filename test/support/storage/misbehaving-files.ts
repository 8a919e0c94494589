import type { Socket } from 'node:net';
import { FaultyStorage, type RawRequest } from '../../../libs/media-storage/src/testing/faulty-storage.js';
import type { Misbehaviour, StoredBytes } from '../../../libs/media-storage/src/testing/misbehaviours/index.js';
import { properAnswer, send } from '../../../libs/media-storage/src/testing/misbehaviours/misbehaviour.js';

interface MisbehavingFile {
  readonly stored: StoredBytes;
  readonly misbehaviour: Misbehaviour | undefined;
  /** Requests since it misbehaves. */
  turn: number;
  misbehaves: boolean;
}

/** A storage in which every file has a misbehaviour of its own, from the beginning or from when it is told to. */
export class MisbehavingFiles {
  private readonly files = new Map<string, MisbehavingFile>();
  /** What was asked for last on every open connection. */
  private readonly connections = new Map<Socket, string>();
  private server: FaultyStorage | undefined;

  static async start(): Promise<MisbehavingFiles> {
    const files = new MisbehavingFiles();
    files.server = await FaultyStorage.start(request => files.answer(request));
    return files;
  }

  /** Without a path: storages are folders of it. */
  get origin(): string {
    return new URL(this.server?.url ?? '').origin;
  }

  add(path: string, bytes: Buffer, misbehaviour?: Misbehaviour): void {
    const stored = { bytes, entityTag: `"${path.length}"`, lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT' };
    this.files.set(path, { stored, misbehaviour, turn: 0, misbehaves: false });
  }

  misbehave(path: string): void {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`there is no file ${path}`);
    file.misbehaves = true;
  }

  /** What was last asked for on connections that are still open. */
  get lastOnConnections(): readonly string[] {
    return [...this.connections.values()];
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  private answer(request: RawRequest): void {
    const { socket, target } = request;
    if (!this.connections.has(socket)) socket.once('close', () => this.connections.delete(socket));
    this.connections.set(socket, target);
    const file = this.files.get(target);
    if (file === undefined) send(request, { status: '404 No', fields: { 'Content-Length': 0 }, body: Buffer.alloc(0) });
    else if (file.misbehaves && file.misbehaviour !== undefined)
      file.misbehaviour.answer(request, file.stored, ++file.turn);
    else send(request, properAnswer(request, file.stored));
  }
}
