import { connect } from 'node:tls';

/** Sends these bytes as they are and answers all that comes back until the server closes the connection. */
export function sendRaw(gateway: string, ca: Buffer, parts: readonly string[], pauseMs = 0): Promise<string> {
  const { hostname, port } = new URL(gateway);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), ca, timeout: 60_000 }, () => void send());
    const send = async (): Promise<void> => {
      for (const part of parts) {
        if (socket.destroyed) return;
        socket.write(part, 'latin1');
        if (pauseMs > 0) await new Promise(done => setTimeout(done, pauseMs));
      }
    };
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('timeout', () => socket.destroy(new Error('the server neither answered nor closed')));
    socket.on('error', (error: Error) => {
      if (received.length === 0) reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
  });
}

/** The status codes of the answers in what came back. */
export function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(match => Number(match[1]));
}
