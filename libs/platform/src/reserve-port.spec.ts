import { createServer, type Server } from 'node:net';
import { reservePort } from './reserve-port.js';

const listening = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe(reservePort.name, () => {
  it('gives ports on which one can listen, each once', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => reservePort()));
    expect(new Set(ports).size).toBe(20);
    const server = await listening(ports[0] ?? 0);
    await new Promise(resolve => server.close(resolve));
  });

  it('gives another than the preferred one where that is used or reserved', async () => {
    const reserved = await reservePort();
    expect(await reservePort(reserved)).not.toBe(reserved);
    const server = await listening(0);
    const { port } = server.address() as { port: number };
    expect(await reservePort(port)).not.toBe(port);
    await new Promise(resolve => server.close(resolve));
    expect(await reservePort(port)).toBe(port);
  });
});
