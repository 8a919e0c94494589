import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithin } from '../streaming/end-within.js';
import { sendStream } from '../streaming/send-stream.js';
import { closeServer } from './close-server.js';

describe(closeServer.name, () => {
  let server: Server;
  let agent: Agent;
  let answers: ServerResponse[] = [];

  beforeEach(async () => {
    answers = [];
    agent = new Agent({ keepAlive: true });
    // Longer than the test may take: only being closed ends a connection.
    server = createServer({ keepAliveTimeout: 600_000 }, (_, response) => {
      answers.push(response);
      response.write('first, ');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });

  async function ask(): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
    return answer;
  }

  const close = (deadline: AbortSignal) =>
    closeServer(server, deadline, () => new Promise(resolve => server.close(() => resolve())));

  it('lets a running answer finish and does not wait for its keep-alive connection', async () => {
    const answer = await ask();
    const closed = close(new AbortController().signal);
    answers[0]?.end('last');
    expect(await text(answer)).toBe('first, last');
    await closed;
  });

  it('cuts what still runs at the deadline', async () => {
    const answer = await ask();
    const deadline = new AbortController();
    const closed = close(deadline.signal);
    deadline.abort();
    await closed;
    await expect(text(answer)).rejects.toThrow('aborted');
  });

  it('cuts at once when the deadline is over', async () => {
    const answer = await ask();
    await close(AbortSignal.abort());
    await expect(text(answer)).rejects.toThrow('aborted');
  });

  it('lets an answer finish whose receiver is slower than everything before it', async () => {
    // More than the system keeps of a connection, and room for all of it in the process.
    const length = 32 * 1024 * 1024;
    const slow = createServer({ highWaterMark: 2 * length }, (_, response) => {
      response.writeHead(200, { 'content-length': length });
      const source = Readable.from(Array.from({ length: 32 }, () => Buffer.alloc(length / 32, 7)));
      void sendStream(source, response, { length, receiverIdleTimeoutMs: 60_000 }).then(() =>
        endWithin(response, 60_000),
      );
    });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    try {
      const { port } = slow.address() as AddressInfo;
      const [answer] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
      answer.pause();
      const closed = closeServer(
        slow,
        new AbortController().signal,
        () => new Promise(resolve => slow.close(() => resolve())),
      );
      // Several looks for connections that have become idle.
      await delay(700);
      expect(await buffer(answer)).toHaveLength(length);
      await closed;
    } finally {
      slow.closeAllConnections();
    }
  });
});
