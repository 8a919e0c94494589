import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { Registry } from 'prom-client';
import { configurationSchema, createLogger, ListenerMetrics } from '#platform';
import { LocalKeyManagerListener } from './local-key-manager-listener.js';

describe(LocalKeyManagerListener.name, () => {
  it('serves the key-management API, and the first port everything else', async () => {
    const app = fastify();
    const listener = new LocalKeyManagerListener(
      app,
      { host: '127.0.0.1', port: 0, reusePort: false, maxConnections: 10 },
      new ListenerMetrics(new Registry()),
      createLogger('test', 'test', 'silent'),
    );
    listener.separatePorts();
    app.get('/key-management/v1/health', () => 'OK');
    app.get('/api/v2/me', () => 'me');
    const first = await app.listen({ host: '127.0.0.1', port: 0 });
    const server = await listener.listen(configurationSchema().parse({}).serverSettings);
    const second = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (url: string) => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      return [answer.status, answer.ok ? await answer.text() : ''];
    };
    try {
      expect(await ask(`${second}/key-management/v1/health`)).toEqual([200, 'OK']);
      expect(await ask(`${first}/api/v2/me`)).toEqual([200, 'me']);
      expect((await ask(`${first}/key-management/v1/health`))[0]).toBeGreaterThanOrEqual(400);
      expect((await ask(`${second}/api/v2/me`))[0]).toBeGreaterThanOrEqual(400);
    } finally {
      server.closeAllConnections();
      await listener.close();
      await app.close();
    }
    await expect(ask(`${second}/key-management/v1/health`)).rejects.toThrow();
  });
});
