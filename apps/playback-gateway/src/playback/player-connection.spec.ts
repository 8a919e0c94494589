import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '#test/waiting/within.js';
import { PlayerConnection } from './player-connection.js';

describe(PlayerConnection.name, () => {
  it.each([
    ['is closed by the time-out of its socket while no answer has begun', false],
    ['is not closed by that while a body is sent, which has a time-out of its own', true],
  ])('%s', async (_, begins) => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
      const { port } = server.address() as AddressInfo;
      get({ host: '127.0.0.1', port, agent: false }).on('error', () => undefined);
      const [{ socket }, raw] = await within('a request', asked);
      const player = new PlayerConnection({ raw, getHeaders: () => ({}), hijack: () => undefined });
      if (begins) player.writeHead(200, { 'content-length': 1_000_000 });
      socket.emit('timeout');
      expect(socket.destroyed).toBe(!begins);
    } finally {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });
});
