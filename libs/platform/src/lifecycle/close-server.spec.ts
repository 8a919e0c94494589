import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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
});
