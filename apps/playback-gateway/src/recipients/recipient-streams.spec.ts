import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { RcsError } from '#platform';
import { waitFor } from '#test/waiting/wait-for.js';
import { maximumStreamsOfAccount, RecipientStreams } from './recipient-streams.js';
import type { RecipientWatch } from './recipient-watch.js';
import { recipientsOf, recipientsTag } from './recipients.js';
import type { RecipientListener, RecipientState } from './watched-target.js';

const stateOf = (...aliases: string[]): RecipientState => {
  const recipients = recipientsOf(aliases.map(alias => ({ alias, certificate: 'x'.repeat(2000) })));
  return { kind: 'recipients', tag: recipientsTag(recipients), recipients };
};

describe(RecipientStreams.name, () => {
  const listeners = new Set<RecipientListener>();
  let first: RecipientState | undefined;
  let streams: RecipientStreams;
  let server: FastifyInstance;

  beforeEach(async () => {
    first = stateOf('a');
    const follow: RecipientWatch['follow'] = (_contactCenter, _target, listener) => {
      listeners.add(listener);
      if (first !== undefined) listener(first);
      return () => listeners.delete(listener);
    };
    streams = new RecipientStreams({ follow } as RecipientWatch);
    server = fastify();
    server.get('/:account', async (request, reply) => {
      const { account } = request.params as { account: string };
      const target = { kind: 'screen-recording' } as const;
      const lastEventId = request.headers['last-event-id'] as string | undefined;
      try {
        await streams.open({ account, contactCenter: 'cc-1', target, lastEventId }, reply);
      } catch (error) {
        if (!(error instanceof RcsError)) throw error;
        return reply.status(error.definition.http).send(error.code);
      }
      return reply;
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    streams.onModuleDestroy();
    server.server.closeAllConnections();
    await server.close();
    listeners.clear();
  });

  const connect = (account: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { port } = server.server.address() as AddressInfo;
      get({ host: '127.0.0.1', port, path: `/${account}`, headers, agent: false }, resolve).on('error', reject);
    });
  const heardBy = (answer: IncomingMessage): { text: string; ended: boolean } => {
    const heard = { text: '', ended: false };
    answer.on('data', (chunk: Buffer) => (heard.text += chunk.toString()));
    answer.on('end', () => (heard.ended = true)).on('error', () => undefined);
    return heard;
  };
  const tell = (state: RecipientState): void => listeners.forEach(listener => listener(state));

  it('tells the list once, then that it is still the same, then another one', async () => {
    const heard = heardBy(await connect('recorder'));
    tell(stateOf('a'));
    tell(stateOf('a', 'b'));
    await waitFor('three events', () => heard.text.split('event:').length === 4);
    expect([...heard.text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
      'recipients',
      'current',
      'recipients',
    ]);
  });

  it('begins with "current" for a client that has the list already', async () => {
    const heard = heardBy(await connect('recorder', { 'last-event-id': stateOf('a').tag }));
    await waitFor('an event', () => heard.text.includes('event: current'));
    expect(heard.text).not.toContain('event: recipients');
  });

  it('answers what is wrong when it begins, and tells it later on', async () => {
    first = { kind: 'unavailable', tag: '', error: new RcsError('RCS_CERTIFICATE_NOT_VALID') };
    expect((await connect('recorder')).statusCode).toBe(422);
    await waitFor('nobody to listen', () => listeners.size === 0);
    first = stateOf('a');
    const heard = heardBy(await connect('recorder'));
    tell({ kind: 'unavailable', tag: '', error: new RcsError('RCS_CERTIFICATE_NOT_VALID') });
    tell(stateOf('a'));
    await waitFor('the list again', () => heard.text.split('event: recipients').length === 3);
    expect(heard.text).toContain('"code":"RCS_CERTIFICATE_NOT_VALID"');
  });

  it('bounds the streams of an account, leaves room for others, and gives places back', async () => {
    const open = await Promise.all(Array.from({ length: maximumStreamsOfAccount }, () => connect('wild')));
    expect((await connect('wild')).statusCode).toBe(503);
    expect((await connect('other')).statusCode).toBe(200);
    open.slice(0, 10).forEach(answer => answer.destroy());
    await waitFor('places', () => listeners.size === maximumStreamsOfAccount - 9);
    expect((await connect('wild')).statusCode).toBe(200);
    open.forEach(answer => answer.destroy());
  });

  it('cuts a client that does not read, and ends the others cleanly when the server stops', async () => {
    const lazy = await connect('lazy');
    lazy.pause();
    lazy.on('error', () => undefined);
    const heard = heardBy(await connect('busy'));
    const manyAliases = Array.from({ length: 60 }, (_, number) => `alias-${number}`);
    await waitFor(
      'the lazy one to be cut',
      () => {
        tell(stateOf(...manyAliases));
        tell(stateOf('a'));
        return listeners.size === 1;
      },
      { pollMs: 5 },
    );
    streams.onModuleDestroy();
    await waitFor('the end', () => heard.ended);
  });
});
