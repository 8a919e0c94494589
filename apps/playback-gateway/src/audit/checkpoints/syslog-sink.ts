import { once } from 'node:events';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { connect, type TLSSocket } from 'node:tls';
import type { AuditCheckpointNote } from '#grants';
import { withDeadline } from '#platform';
import type { OutgoingTls } from '#tls';
import type { CheckpointSink } from './checkpoint-sink.js';
import { syslogFrame, syslogMessage } from './syslog-message.js';

/** Connecting included; shorter than what a delivery waits. */
const sendTimeoutMs = 8000;
const keepAliveMs = 30_000;
const closingTimeoutMs = 2000;
/** What was written last and may be lost with its connection. */
const mostUnsure = 20;

export interface SyslogServer {
  readonly host: string;
  readonly port: number;
  readonly tls: OutgoingTls;
}

/**
 * A syslog server over TLS (RFC 5425). It acknowledges nothing: a checkpoint counts as kept when the connection has taken it,
 * and what a connection took last is sent again over the next one.
 */
export class SyslogSink implements CheckpointSink {
  readonly name = 'syslog';
  private socket: TLSSocket | undefined;
  private readonly unsure: Buffer[] = [];

  constructor(private readonly server: SyslogServer) {}

  async keep(checkpoint: AuditCheckpointNote): Promise<void> {
    const frame = syslogFrame(syslogMessage(checkpoint, { hostname: hostname(), processId: process.pid }));
    const { host, port } = this.server;
    try {
      await withDeadline(this.send(frame), sendTimeoutMs, `sending to syslog at ${host}:${port}`);
    } catch (error) {
      // Nothing may wait in a connection that takes nothing.
      this.socket?.destroy();
      throw error;
    }
    this.unsure.push(frame);
    if (this.unsure.length > mostUnsure) this.unsure.shift();
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket === undefined) return;
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    socket.end();
    await withDeadline(closed, closingTimeoutMs, 'the end of the syslog connection').catch(() => undefined);
    socket.destroy();
  }

  private async send(frame: Buffer): Promise<void> {
    const present = this.socket;
    if (present?.writable === true) return write(present, frame);
    present?.destroy();
    const socket = await this.connect();
    for (const unsure of this.unsure) await write(socket, unsure);
    await write(socket, frame);
  }

  private async connect(): Promise<TLSSocket> {
    const { host, port, tls } = this.server;
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...servername, ...tls, minVersion: 'TLSv1.2' });
    this.socket = socket;
    // Whoever writes next finds that it is not writable any more.
    socket.on('error', () => socket.destroy());
    socket.once('end', () => socket.destroy());
    await once(socket, 'secureConnect');
    // It never says anything; reading shows its end.
    socket.resume();
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  }
}

function write(socket: TLSSocket, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(frame, error => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
