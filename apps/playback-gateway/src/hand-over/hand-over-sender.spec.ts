import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CertificateAuthority, type IssuedCertificate } from '#certificates';
import { configurationSchema, createLogger, createMetricsRegistry, type ServerSettings } from '#platform';
import { openSqliteStore, type HandOver, type Recording, type Store } from '#store';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import type { ExternalUrl } from '../http/external-url.js';
import { ConfiguredReceivers } from '../interaction-receivers/configured-receivers.js';
import { HandOverMetrics } from './hand-over-metrics.js';
import { HandOverSender } from './hand-over-sender.js';

jest.setTimeout(120_000);

const logger = createLogger('test', 'test', 'silent');
const externalUrl = { value: 'https://rcs.example.com' } as ExternalUrl;
const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);

interface Received {
  readonly authorization: string | undefined;
  readonly document: { readonly id: string };
}

describe(HandOverSender.name, () => {
  let work = '';
  let authority: CertificateAuthority;
  let issued: IssuedCertificate;
  let server: Server;
  let stores: Store[] = [];
  let senders: HandOverSender[] = [];
  let url = '';
  let received: Received[] = [];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;

  beforeAll(async () => {
    authority = await CertificateAuthority.create({ commonName: 'Receiver CA', validUntil });
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
    issued = await authority.issue({ commonName: 'receiver', ...names, validUntil });
  });
  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'rcs-hand-over-'));
    writeFileSync(join(work, 'ca.pem'), authority.certificatePem);
    received = [];
    answer = response => response.writeHead(200).end('{"statusCode":0}');
    server = createServer({ cert: issued.certificatePem, key: issued.privateKeyPem }, (request, response) => {
      void text(request).then(body => {
        received.push({
          authorization: request.headers.authorization,
          document: JSON.parse(body) as Received['document'],
        });
        answer(response, request);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/interactionreceiver`;
  });
  afterEach(async () => {
    await Promise.all(senders.map(sender => sender.onApplicationShutdown()));
    await Promise.all(stores.map(store => store.close()));
    [senders, stores] = [[], []];
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    rmSync(work, { recursive: true, force: true });
  });

  const settingsOf = (receiver: object, others: object = {}): ServerSettings =>
    configurationSchema().parse({
      serverSettings: {
        speechMinerTrustedCA: join(work, 'ca.pem'),
        interactionReceivers: [{ url, retryDelayMs: 100, ...receiver }],
        ...others,
      },
    }).serverSettings;

  /** One gateway's part of it, with a store of its own on the same files. */
  async function gateway(
    settings: ServerSettings,
  ): Promise<{ store: Store; insert: (id: string, contactCenter?: string) => Promise<void> }> {
    const store = await openSqliteStore({ directory: work, auditWriter: `gateway-${stores.length + 1}` });
    stores.push(store);
    const receivers = new ConfiguredReceivers(settings);
    const metrics = new HandOverMetrics(createMetricsRegistry('test', 'test'));
    const { handOvers, recordings } = store;
    const sender = new HandOverSender(handOvers, recordings, settings, logger, receivers, metrics, externalUrl);
    senders.push(sender);
    sender.onApplicationBootstrap();
    const insert = async (id: string, contactCenter = 'cc-1'): Promise<void> => {
      const parameters = { 'rp.speechminer_uri': url, ani: '5551' };
      const mediaDescriptor = { storage: 'webDAV', path: `http://webdav/${id}` };
      const file = { mediaId: `${id}.mp3`, type: 'audio/mp3', leaf: 'a.mp3', mediaDescriptor, parameters };
      const recording = { id, contactCenter, region: 'default', mediaFiles: [file] } as Recording;
      await recordings.insert(recording, { handOvers: receivers.handOversOf(recording) });
    };
    return { store, insert };
  }

  const ids = (): string[] => received.map(({ document }) => document.id);
  const givenUp = (store: Store): Promise<readonly HandOver[]> =>
    answerOf(
      'a hand-over that is given up',
      () => store.handOvers.list({ state: 'given-up', limit: 10 }),
      list => list.length > 0,
    );
  const isDelivered = (store: Store) => async (): Promise<boolean> => (await store.handOvers.counts()).waiting === 0;

  it('posts what a recording is to its receiver, with the credentials of the configuration', async () => {
    const { store, insert } = await gateway(settingsOf({ userName: 'rcs', password: 'grün' }));
    await insert('rec-1');
    await waitFor('the delivery', isDelivered(store));
    const authorization = `Basic ${Buffer.from('rcs:grün').toString('base64')}`;
    expect(received).toEqual([{ authorization, document: expect.objectContaining({ id: 'rec-1' }) as object }]);
    expect(received[0]?.document).toMatchObject({
      mediaFiles: [{ mediaUri: 'https://rcs.example.com/api/v2/recordings/rec-1/play/a.mp3' }],
    });
  });

  it('comes again after answers that are no success', async () => {
    const statuses = [500, 503, 201];
    answer = response => response.writeHead(statuses.shift() ?? 200).end();
    const { store, insert } = await gateway(settingsOf({}));
    await insert('rec-1');
    await waitFor('the delivery', isDelivered(store));
    expect(ids()).toEqual(['rec-1', 'rec-1', 'rec-1']);
  });

  it('gives up after as many attempts as are configured, and goes on when an operator says so', async () => {
    answer = response => response.writeHead(500).end();
    const { store, insert } = await gateway(settingsOf({ maxAttempts: 2 }));
    await insert('rec-1');
    expect(await givenUp(store)).toMatchObject([{ attempts: 2, reason: 'answered 500' }]);
    answer = response => response.writeHead(200).end();
    expect(await store.handOvers.retry({ recordingId: 'rec-1', receiver: url })).toBe(true);
    await waitFor('the delivery', isDelivered(store));
    expect(await store.handOvers.counts()).toEqual({ waiting: 0, givenUp: 0 });
    expect(ids()).toHaveLength(3);
  });

  it('follows no redirect', async () => {
    answer = response => response.writeHead(307, { location: `${url}/elsewhere` }).end();
    const { store, insert } = await gateway(settingsOf({ maxAttempts: 1 }));
    await insert('rec-1');
    expect(await givenUp(store)).toMatchObject([{ reason: 'answered 307: redirects are not followed' }]);
    expect(ids()).toHaveLength(1);
  });

  it('waits no longer than it is allowed to, for a head or for the end of a body', async () => {
    answer = () => undefined;
    const { store, insert } = await gateway(settingsOf({ maxAttempts: 1, timeoutMs: 300 }));
    await insert('rec-1');
    expect(await givenUp(store)).toMatchObject([{ reason: 'no answer within 300 ms' }]);
    answer = response => response.writeHead(200).write('a');
    await insert('rec-2');
    await waitFor('the second to be given up', async () => (await store.handOvers.counts()).givenUp === 2);
  });

  it('sends nothing to a server of another authority', async () => {
    const { store, insert } = await gateway(settingsOf({ maxAttempts: 1 }, { speechMinerTrustedCA: true }));
    await insert('rec-1');
    expect((await givenUp(store))[0]?.reason).toMatch(/certificate/);
    expect(received).toEqual([]);
  });

  it('calls no address that is not configured, and tells an operator', async () => {
    const { store, insert } = await gateway(settingsOf({ url: 'https://receiver.example.com/' }));
    await insert('rec-1');
    expect(await givenUp(store)).toMatchObject([
      { receiver: url, attempts: 0, reason: expect.stringMatching(/not in/) as string },
    ]);
    expect(received).toEqual([]);
  });

  it('gives a receiver nothing of a contact center that it is not for', async () => {
    const { store, insert } = await gateway(settingsOf({ contactCenters: ['cc-2'] }));
    await insert('rec-1');
    expect((await givenUp(store))[0]?.reason).toMatch(/nothing of contact center cc-1/);
    expect(received).toEqual([]);
  });

  it('takes no part where no receiver is configured', async () => {
    const { store, insert } = await gateway(settingsOf({}, { interactionReceivers: [] }));
    await insert('rec-1');
    expect(await store.handOvers.counts()).toEqual({ waiting: 0, givenUp: 0 });
  });

  it('lets two gateways share the queue without sending twice', async () => {
    answer = response => void setTimeout(() => response.writeHead(200).end(), 30);
    const one = await gateway(settingsOf({}));
    const other = await gateway(settingsOf({}));
    const all = Array.from({ length: 30 }, (_, number) => `rec-${number}`);
    await Promise.all(all.map((id, index) => (index % 2 === 0 ? one : other).insert(id)));
    await waitFor('all deliveries', isDelivered(one.store));
    expect(ids().sort()).toEqual([...all].sort());
  });
});
