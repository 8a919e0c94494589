import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { internalTlsOptions, serverMustBe, type InternalIdentity } from '#platform';
import { within } from '../waiting/within.js';
import { overTls, type AnswerPlace } from '#http-answers';
import { throughSocket } from '../../../apps/playback-gateway/src/workers/answers/worker-socket.js';

/** What a worker writes; each piece is on its way before the next one is written. */
export type Answering = (socket: Socket, request: { readonly text: string; readonly connection: number }) => unknown;

/** A worker that answers with bytes as they stand in a test, over TLS or a socket. */
export class ScriptedWorker {
  /** Connections that came so far. */
  connections = 0;
  answering: Answering = () => undefined;
  readonly sockets = new Set<Socket>();
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-scripted-'));

  private constructor(
    private readonly server: Server,
    private readonly identities: { readonly gateway: InternalIdentity } | undefined,
  ) {
    server.on(identities === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.serve(socket));
  }

  static async listen(identities?: Readonly<Record<'gateway' | 'worker', InternalIdentity>>): Promise<ScriptedWorker> {
    const server =
      identities === undefined
        ? createPlainServer({ noDelay: true })
        : createServer({ ...internalTlsOptions(identities.worker), requestCert: true, noDelay: true });
    const worker = new ScriptedWorker(server, identities);
    const place = identities === undefined ? [worker.path] : [0, '127.0.0.1'];
    await within('the worker to listen', once(server.listen(...(place as [string])), 'listening'));
    return worker;
  }

  /** The way to it. */
  place(): AnswerPlace {
    if (this.identities === undefined) return throughSocket(this.path);
    const { port } = this.server.address() as AddressInfo;
    const checkServerIdentity = serverMustBe('decrypt-worker');
    const options = { ...internalTlsOptions(this.identities.gateway), checkServerIdentity, servername: 'localhost' };
    return overTls(new URL(`https://127.0.0.1:${port}`), options, () => undefined);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await within('the worker to close', new Promise(resolve => this.server.close(resolve)));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get path(): string {
    return join(this.directory, 'worker.sock');
  }

  private serve(socket: Socket): void {
    const connection = this.connections++;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    let held = '';
    socket.setEncoding('latin1');
    socket.on('data', (came: string) => {
      held += came;
      for (;;) {
        const [head] = /^[\s\S]*?\r\n\r\n/.exec(held) ?? [];
        if (head === undefined) return;
        const length = head.length + Number(/^content-length: (\d+)\r$/m.exec(head)?.[1] ?? 0);
        if (held.length < length) return;
        const text = held.slice(0, length);
        held = held.slice(length);
        this.answering(socket, { text, connection });
      }
    });
  }
}

/** Writes pieces of which each is handed to the system in a turn of its own. */
export async function writePieces(socket: Socket, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (piece.length > 0) await new Promise<void>(resolve => socket.write(piece, 'latin1' as never, () => resolve()));
    await new Promise(resolve => setImmediate(resolve));
  }
}
