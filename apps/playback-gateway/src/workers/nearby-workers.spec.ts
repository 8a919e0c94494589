import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetPath, type WorkerRegistration } from '#contracts';
import { createLogger, LiveIdentity, parseDeniedCertificates, socketNameOf, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { NearbyWorkers } from './nearby-workers.js';
import { WorkerClient } from './worker-client.js';
import { WorkerConnections } from './worker-connections.js';

const nowhere = 'https://127.0.0.1:1';
const registered = (instance: string): WorkerRegistration => ({ instance, url: nowhere, inFlight: 0, version: '1' });

/** How gateways find workers of their host, and whom they do not take for one. */
describe(NearbyWorkers.name, () => {
  let root: string;
  let directory: string;
  let identity: InternalIdentity;
  let live: LiveIdentity;
  let nearby: NearbyWorkers;
  let connections: WorkerConnections;
  let client: WorkerClient;
  let logged: string;
  const servers: Server[] = [];
  const logger = createLogger('test', 'test', 'info', { write: line => (logged += line) });

  beforeAll(async () => (identity = await (await InternalAuthority.create()).issue('playback-gateway')));
  beforeEach(() => {
    logged = '';
    root = mkdtempSync(join(tmpdir(), 'rcs-nearby-'));
    directory = join(root, 'sockets');
    nearby = NearbyWorkers.in(directory, logger);
    const settings = { workerMaxConnection: 4, workerIdleTimeoutMs: 5000, playbackStartTimeoutMs: 5000 };
    live = new LiveIdentity(identity);
    connections = new WorkerConnections(live, settings, logger, undefined, nearby);
    client = new WorkerClient(connections, settings);
  });
  afterEach(async () => {
    await connections.close();
    servers.splice(0).forEach(server => {
      server.close();
      server.closeAllConnections();
    });
    rmSync(root, { recursive: true, force: true });
  });

  /** Answers every request of the gateway with the count that names it. */
  async function listenAt(place: string, sessions: number): Promise<Server> {
    const server = createServer((request, response) => {
      request.resume();
      response.end(JSON.stringify({ sessions }));
    });
    servers.push(server);
    await once(server.listen(place), 'listening');
    chmodSync(place, 0o600);
    return server;
  }
  const placeOf = (instance: string): string => join(directory, socketNameOf(instance));
  /** Which server answers for the worker; undefined where TLS was tried, behind which nobody is. */
  async function whoAnswers(instance: string): Promise<number | undefined> {
    try {
      return await client.forget(registered(instance), { contactCenter: 'cc', keyIdentifier: '07' }, forgetPath);
    } catch (error) {
      expect(error).toMatchObject({ code: 'RCS_WORKER_FAILED', cause: { code: 'ECONNREFUSED', port: 1 } });
      return undefined;
    }
  }
  const look = (...instances: readonly string[]): Promise<void> => connections.keepOnly(instances.map(registered));

  it('are asked for the worker after whom they are named, and TLS for all others', async () => {
    await listenAt(placeOf('one'), 1);
    await listenAt(placeOf('two'), 2);
    await look('one', 'two', 'three');
    expect(await Promise.all(['one', 'two', 'three'].map(whoAnswers))).toEqual([1, 2, undefined]);
    expect(nearby.count).toBe(2);
  });

  it('count for workers that are registered, and no others', async () => {
    await listenAt(placeOf('one'), 1);
    await look('two');
    expect(await whoAnswers('one')).toBeUndefined();
  });

  it.each(['../outside.sock', '/tmp/outside.sock', 'sub/worker', '..', 'x\0', 'outside.sock'])(
    'lie in the directory whatever a worker is called: %j',
    async instance => {
      await listenAt(join(root, 'outside.sock'), 66);
      await listenAt(join(directory, 'outside.sock'), 67);
      await look(instance);
      expect(await whoAnswers(instance)).toBeUndefined();
      await listenAt(placeOf(instance), 1);
      await look(instance);
      expect(await whoAnswers(instance)).toBe(1);
    },
  );

  it('are not taken from what a registration says beside the name', async () => {
    await listenAt(join(root, 'outside.sock'), 66);
    const claims = { socketPath: join(root, 'outside.sock'), socket: '../outside.sock', socketDirectory: root };
    await connections.keepOnly([{ ...registered('one'), ...claims }]);
    expect(await whoAnswers('one')).toBeUndefined();
  });

  it('that others may write to, links and files are none', async () => {
    await listenAt(placeOf('open'), 1);
    chmodSync(placeOf('open'), 0o660);
    await listenAt(join(root, 'outside.sock'), 66);
    symlinkSync(join(root, 'outside.sock'), placeOf('link'));
    await look('open', 'link');
    expect(await Promise.all(['open', 'link'].map(whoAnswers))).toEqual([undefined, undefined]);
  });

  it('are left for TLS within the request when nobody answers, and taken again', async () => {
    const server = await listenAt(placeOf('one'), 1);
    await look('one');
    expect(await whoAnswers('one')).toBe(1);
    server.close();
    server.closeAllConnections();
    // The request of the kept connection may meet its end; the next finds no socket.
    await once(server, 'close');
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(await whoAnswers('one')).toBeUndefined();
    await listenAt(placeOf('one'), 2);
    await look('one');
    expect(await whoAnswers('one')).toBe(2);
  });

  it('are left when the directory is opened to others or swapped, which is said once, and taken when it is in order', async () => {
    await listenAt(placeOf('one'), 1);
    const theirs = join(root, 'theirs');
    mkdirSync(theirs, { mode: 0o755 });
    await listenAt(join(theirs, socketNameOf('one')), 66);
    chmodSync(directory, 0o770);
    for (let round = 0; round < 3; round++) await look('one');
    expect(await whoAnswers('one')).toBeUndefined();
    expect(logged.split('workers of this host are asked over TLS').length).toBe(2);
    renameSync(directory, join(root, 'moved'));
    symlinkSync(theirs, directory);
    await look('one');
    expect(await whoAnswers('one')).toBeUndefined();
    rmSync(directory);
    renameSync(join(root, 'moved'), directory);
    chmodSync(directory, 0o700);
    await look('one');
    expect(await whoAnswers('one')).toBe(1);
  });

  it('lead to the directory that was judged when it is swapped between the look and the connection', async () => {
    await listenAt(placeOf('one'), 1);
    await look('one');
    renameSync(directory, join(root, 'moved'));
    mkdirSync(directory);
    await listenAt(placeOf('one'), 66);
    expect(await whoAnswers('one')).toBe(1);
  });

  it('are made anew with the directory that somebody removed', async () => {
    rmSync(directory, { recursive: true });
    await look('one');
    expect(readdirSync(directory)).toEqual([]);
    await listenAt(placeOf('one'), 1);
    await look('one');
    expect(await whoAnswers('one')).toBe(1);
  });

  it('are left at once when certificates are denied, until registrations were read again, and not when one is renewed', async () => {
    await listenAt(placeOf('one'), 1);
    await look('one');
    live.replace({ ...identity });
    expect(await whoAnswers('one')).toBe(1);
    live.replace({ ...identity, denied: parseDeniedCertificates('serial:07\n', 'denied') });
    expect(await whoAnswers('one')).toBeUndefined();
    await look('one');
    expect(await whoAnswers('one')).toBe(1);
  });

  it('refuse a start where others may enter, by name', () => {
    chmodSync(directory, 0o750);
    expect(() => NearbyWorkers.in(directory, logger)).toThrow(
      `option serverSettings.workerSocketDirectory: ${directory} lets others in (mode 0750): chmod 0700`,
    );
  });
});
