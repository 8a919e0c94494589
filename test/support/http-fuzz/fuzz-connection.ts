import { connect, type TLSSocket } from 'node:tls';
import type { Sending } from './broken-requests.js';

export interface Exchange {
  /** Of the answers in their order, without those that only say that a body may come. */
  readonly statuses: readonly number[];
  /** Neither an answer nor the end of the connection came in time. */
  readonly unanswered: boolean;
}

/** Longer than any deadline of the server, milliseconds. */
const patienceMs = 80_000;
/** The connection is left when the answers are there and nothing more comes, milliseconds. */
const quietMs = 250;
/** A stream of events ends with its reader. */
const endless = /content-type: text\/event-stream/i;
const mostBytesKept = 256 * 1024;

/** Sends bytes on connections of their own and waits until each is answered or closed. */
export class FuzzConnections {
  private session: Buffer | undefined;
  private readonly host: string;
  private readonly port: number;

  constructor(
    gateway: string,
    private readonly ca: Buffer,
  ) {
    const { hostname, port } = new URL(gateway);
    [this.host, this.port] = [hostname, Number(port)];
  }

  exchange({ bytes, requests, leaves }: Sending): Promise<Exchange> {
    return new Promise(resolve => {
      let received = '';
      let quiet: NodeJS.Timeout | undefined;
      const done = (unanswered: boolean): void => {
        clearTimeout(quiet);
        clearTimeout(patience);
        socket.destroy();
        resolve({ statuses: statusesIn(received), unanswered });
      };
      const patience = setTimeout(() => done(statusesIn(received).length === 0), patienceMs);
      const socket: TLSSocket = connect(
        { host: this.host, port: this.port, ca: this.ca, session: this.session, ALPNProtocols: ['http/1.1'] },
        () => {
          if (leaves) socket.end(bytes);
          else socket.write(bytes);
        },
      );
      socket.on('session', session => (this.session = session));
      socket.on('data', (chunk: Buffer) => {
        if (received.length < mostBytesKept) received += chunk.toString('latin1');
        clearTimeout(quiet);
        const isOver = endless.test(received) || statusesIn(received).length >= Math.max(1, requests);
        if (isOver) quiet = setTimeout(() => done(false), quietMs);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => done(false));
    });
  }
}

/** A head begins at the beginning or behind the body before it, which may be any bytes. */
function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z][A-Za-z' -]*\r\n/g)]
    .map(([, status]) => Number(status))
    .filter(status => status >= 200);
}
