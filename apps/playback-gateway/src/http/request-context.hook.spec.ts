import { fastify } from 'fastify';
import { noopTracer } from '#platform';
import { traceRequests } from './request-context.hook.js';

describe(traceRequests.name, () => {
  it('leaves room for all that attend to one answer, which Node takes for a leak beyond ten', async () => {
    const server = fastify();
    traceRequests(server, noopTracer);
    let room = 0;
    server.get('/', (_, reply) => {
      room = reply.raw.getMaxListeners() - reply.raw.listenerCount('close');
      return reply.send('');
    });
    await server.inject('/');
    await server.close();
    expect(room).toBeGreaterThan(10);
  });
});
