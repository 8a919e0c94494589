import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger, SocketDirectory, socketNameOf } from '#platform';
import { waitFor } from '#test/waiting/wait-for.js';
import { SocketListener } from './socket-listener.js';

describe(SocketListener.name, () => {
  let root: string;
  let directory: string;
  let logged = '';
  const listeners: SocketListener[] = [];
  const logger = createLogger('test', 'test', 'info', { write: line => (logged += line) });

  beforeEach(() => {
    logged = '';
    root = mkdtempSync(join(tmpdir(), 'rcs-listener-'));
    directory = join(root, 'sockets');
  });
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map(listener => listener.close(AbortSignal.abort())));
    rmSync(root, { recursive: true, force: true });
  });

  async function listenerOf(instance: string): Promise<SocketListener> {
    const make = () => createServer((_, response) => response.end(instance));
    const listener = new SocketListener({ directory, option: 'decryptWorker.socketDirectory' }, instance, make, logger);
    await listener.open();
    listeners.push(listener);
    return listener;
  }
  const placeOf = (instance: string): string => join(directory, socketNameOf(instance));
  async function answerOf(instance: string): Promise<string> {
    const request = get({ socketPath: placeOf(instance), agent: false });
    const [answer] = (await once(request, 'response', { signal: AbortSignal.timeout(5000) })) as Parameters<
      typeof text
    >;
    return text(answer);
  }
  /** As a killed process leaves it: nobody holds it, and its name is there. */
  async function deadSocket(name: string): Promise<void> {
    const server = createSocketServer();
    await once(server.listen(join(root, 'dead')), 'listening');
    renameSync(join(root, 'dead'), join(directory, name));
    chmodSync(join(directory, name), 0o600);
    await new Promise(resolve => server.close(resolve));
  }

  it('answers at a socket that its user alone may use, and takes it away when it ends', async () => {
    const listener = await listenerOf('worker-1');
    expect(lstatSync(placeOf('worker-1')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual([socketNameOf('worker-1')]);
    expect(await answerOf('worker-1')).toBe('worker-1');
    await listener.close(AbortSignal.abort());
    expect(readdirSync(directory)).toEqual([]);
  });

  it('removes the sockets of killed workers, and none that a living one holds', async () => {
    await listenerOf('living');
    await deadSocket(socketNameOf('killed'));
    await deadSocket('of-something-else.sock');
    writeFileSync(placeOf('file'), '');
    await listenerOf('starting');
    const left = [socketNameOf('living'), socketNameOf('starting'), socketNameOf('file'), 'of-something-else.sock'];
    expect(new Set(readdirSync(directory))).toEqual(new Set(left));
    expect(await Promise.all(['living', 'starting'].map(answerOf))).toEqual(['living', 'starting']);
  });

  it('leaves a socket that is being made, and removes it when it is old', async () => {
    mkdirSync(directory, { mode: 0o700 });
    const making = `${socketNameOf('making')}.00000000`;
    await deadSocket(making);
    await listenerOf('first');
    expect(readdirSync(directory)).toContain(making);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
    try {
      await listenerOf('second');
    } finally {
      clock.mockRestore();
    }
    expect(readdirSync(directory)).not.toContain(making);
  });

  it.each(['socket', 'directory'])('is there again when somebody removed its %s', async removed => {
    await listenerOf('worker-1');
    rmSync(removed === 'socket' ? placeOf('worker-1') : directory, { recursive: true });
    await waitFor('the socket', () => {
      try {
        return lstatSync(placeOf('worker-1')).isSocket();
      } catch {
        return false;
      }
    });
    expect(await answerOf('worker-1')).toBe('worker-1');
    expect(logged).toContain('it is there again');
    expect(logged).not.toContain(socketNameOf('worker-1'));
  });

  it('takes its name back from whatever lies there, and does not follow a link', async () => {
    await listenerOf('worker-1');
    writeFileSync(join(root, 'victim'), 'kept');
    rmSync(placeOf('worker-1'));
    symlinkSync(join(root, 'victim'), placeOf('worker-1'));
    await waitFor('the socket', () => lstatSync(placeOf('worker-1')).isSocket());
    expect(await answerOf('worker-1')).toBe('worker-1');
    expect(lstatSync(join(root, 'victim')).isFile()).toBe(true);
  });

  it('does not listen where others may enter, and says so once while that is so', async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o770);
    await expect(listenerOf('worker-1')).rejects.toThrow('lets others in (mode 0770)');
    chmodSync(directory, 0o700);
    await listenerOf('worker-1');
    chmodSync(directory, 0o770);
    await waitFor('the warning', () => logged.includes('this worker has no socket: gateways use TLS'));
    await new Promise(resolve => setTimeout(resolve, 2500));
    expect(logged.split('this worker has no socket').length).toBe(2);
    chmodSync(directory, 0o700);
    expect(await answerOf('worker-1')).toBe('worker-1');
  });

  it('holds no directory that takes no socket', async () => {
    let mayListen = true;
    const make = () => {
      if (!mayListen) throw new Error('no server');
      return createServer();
    };
    const listener = new SocketListener(
      { directory, option: 'decryptWorker.socketDirectory' },
      'worker-1',
      make,
      logger,
    );
    listeners.push(listener);
    await listener.open();
    const released = jest.spyOn(SocketDirectory.prototype, 'release');
    const opened = jest.spyOn(SocketDirectory, 'open');
    try {
      mayListen = false;
      rmSync(directory, { recursive: true });
      await waitFor('three looks', () => opened.mock.calls.length >= 3);
      await waitFor('what was opened to be let go', () => released.mock.calls.length === opened.mock.calls.length);
      mayListen = true;
      await waitFor('the socket', () => logged.includes('it is there again'));
    } finally {
      released.mockRestore();
      opened.mockRestore();
    }
  });

  it('does not take away the socket of another when it ends', async () => {
    const listener = await listenerOf('worker-1');
    const other = createSocketServer();
    await once(other.listen(join(directory, 'other')), 'listening');
    renameSync(join(directory, 'other'), placeOf('worker-1'));
    await listener.close(AbortSignal.abort());
    expect(readdirSync(directory)).toEqual([socketNameOf('worker-1')]);
    other.close();
  });

  it('is found through the directory by its name alone', async () => {
    await listenerOf('worker-1');
    const opened = SocketDirectory.open(directory, 'option');
    expect(opened.socket(socketNameOf('worker-1'))).toBeDefined();
    opened.release();
  });
});
