import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { AnswerError } from '#http-answers';
import { FaultyStorage, type RawRequest } from '../testing/faulty-storage.js';
import { RangeConnections } from './ranges/range-connections.js';
import { storagePlace } from './ranges/storage-place.js';
import { StorageDispatcher } from './storage-dispatcher.js';

const most = 3;
const times = { connect: 5000, head: 5000, body: 5000, idle: 30_000 };
const proper = 'HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\n\r\nok';
const chunked = 'HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';

describe(StorageDispatcher.name, () => {
  let storage: FaultyStorage;
  let ranges: RangeConnections;
  let byUs: jest.SpyInstance;
  let dispatcher: StorageDispatcher;
  let answer: (request: RawRequest) => void;

  beforeEach(async () => {
    answer = ({ socket }) => void socket.write(proper);
    storage = await FaultyStorage.start(request => answer(request));
    ranges = new RangeConnections(storagePlace(new URL(storage.url), {}), times);
    byUs = jest.spyOn(ranges, 'ask');
    dispatcher = new StorageDispatcher(new Pool(new URL(storage.url).origin, { connections: most }), ranges, most);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await dispatcher.destroy(new Error('the test is over'));
    await storage.stop();
  });

  const asked = (
    headers: Readonly<Record<string, string>> = { range: 'bytes=0-1' },
    way?: 'undici',
  ): Promise<string | Error> =>
    new Promise(resolve => {
      let body = '';
      const handler = {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_controller: unknown, piece: Buffer) => void (body += piece.toString('latin1')),
        onResponseEnd: () => resolve(body),
        onResponseError: (_controller: unknown, error: Error) => resolve(error),
      };
      dispatcher.dispatch({ method: 'GET', path: '/recordings/call', headers }, handler, way);
    });
  /** As an exchange does: by undici, once it is told that the answer is for it alone. */
  const askedTwice = async (): Promise<string | Error> => {
    const outcome = await asked();
    return outcome instanceof AnswerError ? asked(undefined, 'undici') : outcome;
  };

  it('reads ranges itself once the storage has answered one with its length, and nothing else', async () => {
    expect(await asked({})).toBe('ok');
    expect(await asked()).toBe('ok');
    expect(byUs).toHaveBeenCalledTimes(0);
    expect(await asked()).toBe('ok');
    expect(byUs).toHaveBeenCalledTimes(1);
    expect(await asked({})).toBe('ok');
    expect(byUs).toHaveBeenCalledTimes(1);
  });

  it('leaves a storage alone that answers in another way, and asks one that begins to do so once more', async () => {
    answer = ({ socket }) => void socket.write(chunked);
    for (let count = 0; count < 3; count++) expect(await asked()).toBe('ok');
    expect([byUs.mock.calls.length, storage.requests.length]).toEqual([0, 3]);
    answer = ({ socket }) => void socket.write(proper);
    expect(await asked()).toBe('ok');
    answer = ({ socket }) => void socket.write(chunked);
    expect(await askedTwice()).toBe('ok');
    expect([byUs.mock.calls.length, storage.requests.length]).toEqual([1, 6]);
    answer = ({ socket }) => void socket.write(proper);
    for (let count = 0; count < 2; count++) expect(await asked()).toBe('ok');
    expect([byUs.mock.calls.length, storage.requests.length]).toEqual([1, 8]);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 11 * 60_000);
    expect(await asked()).toBe('ok');
    expect(byUs).toHaveBeenCalledTimes(2);
  });

  it('goes on reading ranges of a storage whose pages for what is missing name no length', async () => {
    expect(await asked()).toBe('ok');
    answer = ({ socket }) => void socket.write(chunked.replace('206 Partial Content', '404 Not Found'));
    expect(await askedTwice()).toBe('ok');
    answer = ({ socket }) => void socket.write(proper);
    for (let count = 0; count < 3; count++) expect(await asked()).toBe('ok');
    expect(byUs).toHaveBeenCalledTimes(4);
  });

  it('has so many requests at once, by whatever way, and takes the others in turn', async () => {
    let running = 0;
    let highest = 0;
    answer = ({ socket }) => {
      highest = Math.max(highest, ++running);
      void setTimeout(20).then(() => {
        running--;
        socket.write(proper);
      });
    };
    expect(await asked()).toBe('ok');
    const answers = Array.from({ length: 20 }, (_, index) => asked(index % 2 === 0 ? {} : undefined));
    expect(dispatcher.waiting).toBe(20 - most);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['ok']));
    expect(highest).toBe(most);
    expect(dispatcher.waiting).toBe(0);
  });

  it('fails whatever runs and waits when it is closed, and what comes later', async () => {
    answer = () => undefined;
    const answers = Array.from({ length: 2 * most }, () => asked());
    await setTimeout(20);
    const closed = new Error('closed');
    await dispatcher.destroy(closed);
    const errors = await Promise.all(answers);
    expect(errors.every(error => error instanceof Error)).toBe(true);
    expect(errors.slice(most)).toEqual(Array.from({ length: most }, () => closed));
    for (let count = 0; count < 2 * most; count++) expect(await asked()).toBe(closed);
  });
});
