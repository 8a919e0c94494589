import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: those come and go between the choice and its use. */
const lowest = 10_000;
const highest = 32_000;
const attempts = 1000;

/**
 * A TCP port on the loopback address that nobody uses. Until this process ends it belongs to it as far as others ask here:
 * the UDP port of the same number is kept as the sign.
 * @param preferred taken where it is free.
 * @throws Error when there seems to be none.
 */
export async function reservePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred)) && (await claim(preferred))) return preferred;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest);
    if ((await isFree(port)) && (await claim(port))) return port;
  }
  throw new Error(`no free port was found among ${lowest} to ${highest}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function claim(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}
