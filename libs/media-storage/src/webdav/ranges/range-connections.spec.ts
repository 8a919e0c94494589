import { randomBytes } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { spend } from '#spent-memory';
import { FaultyStorage, type RawRequest } from '../../testing/faulty-storage.js';
import { RangeConnections } from './range-connections.js';
import { storagePlace } from './storage-place.js';

const block = 64 * 1024;
const times = { connect: 5000, head: 5000, body: 5000, idle: 30_000 };
const lengthOf = (bytes: number, ...fields: readonly string[]): string =>
  ['HTTP/1.1 206 Partial Content', `Content-Length: ${bytes}`, ...fields, '', ''].join('\r\n');

interface Outcome {
  status?: number;
  readonly pieces: Buffer[];
  error?: Error;
}

describe(RangeConnections.name, () => {
  let storage: FaultyStorage;
  let connections: RangeConnections;
  let answer: (request: RawRequest) => void;

  beforeEach(async () => {
    storage = await FaultyStorage.start(request => answer(request));
    connections = new RangeConnections(storagePlace(new URL(storage.url), {}), times);
  });
  afterEach(async () => {
    connections.destroy(new Error('the test is over'));
    await storage.stop();
  });

  /** Asks, and resolves when the answer is over, whichever way. */
  function asked(
    onPiece: (piece: Buffer, controller: Dispatcher.DispatchController) => void = () => undefined,
    headers: Readonly<Record<string, string>> = { range: 'bytes=0-' },
  ) {
    return new Promise<Outcome>(resolve => {
      const outcome: Outcome = { pieces: [] };
      connections.ask({
        path: '/recordings/call',
        headers,
        handler: {
          onResponseStart: (_controller, status) => void (outcome.status = status),
          onResponseData: (controller, piece) => {
            outcome.pieces.push(Buffer.from(piece));
            onPiece(piece, controller);
          },
          onResponseEnd: () => resolve(outcome),
          onResponseError: (_controller, error) => resolve({ ...outcome, error }),
        },
      });
    });
  }
  const bytesOf = ({ pieces }: Outcome): Buffer => Buffer.concat(pieces);
  const socketsOf = (): number => new Set(storage.requests.map(({ socket }) => socket)).size;

  it('hands on pieces that lie in one block each, whatever the head took', async () => {
    const body = randomBytes(5 * block + 1234);
    answer = ({ socket }) => void socket.write(Buffer.concat([Buffer.from(lengthOf(body.length)), body]));
    const outcome = await asked();
    expect(bytesOf(outcome).equals(body)).toBe(true);
    let at = 0;
    for (const { length } of outcome.pieces) {
      expect(Math.floor(at / block)).toBe(Math.floor((at + length - 1) / block));
      at += length;
    }
  });

  it('writes over no piece, and beyond none, that was spent as it came', async () => {
    const body = randomBytes(20 * block);
    answer = ({ socket }) => void socket.write(Buffer.concat([Buffer.from(lengthOf(body.length)), body]));
    expect(bytesOf(await asked(piece => spend(piece))).equals(body)).toBe(true);
    expect(bytesOf(await asked(piece => spend(piece))).equals(body)).toBe(true);
    expect(socketsOf()).toBe(1);
  });

  it('takes an answer, and interim ones before it, that are cut at any byte, over one connection', async () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    const whole = Buffer.from(`${interim}${lengthOf(10)}0123456789`);
    for (let cut = 1; cut < whole.length; cut++) {
      answer = ({ socket }) => {
        socket.write(whole.subarray(0, cut));
        void setImmediate().then(() => socket.write(whole.subarray(cut)));
      };
      expect(bytesOf(await asked()).toString()).toBe('0123456789');
    }
    expect(socketsOf()).toBe(1);
  });

  it('fails where the answer ends at any byte before its last, and is never a short success', async () => {
    const whole = Buffer.from(`${lengthOf(10)}0123456789`);
    for (let cut = 0; cut < whole.length; cut++) {
      answer = ({ socket }) => void socket.end(whole.subarray(0, cut));
      const { error } = await asked();
      expect(error).toMatchObject({ code: 'ECONNRESET' });
    }
  });

  it('uses no connection again on which more came than the head said', async () => {
    answer = ({ socket }) => void socket.write(`${lengthOf(10)}0123456789HTTP/1.1 206 Partial Content\r\n`);
    for (let count = 1; count <= 3; count++) {
      expect(bytesOf(await asked()).toString()).toBe('0123456789');
      expect(socketsOf()).toBe(count);
    }
    const late = randomBytes(100_000);
    answer = ({ socket }) => {
      socket.write(Buffer.concat([Buffer.from(lengthOf(late.length)), late, Buffer.from('more')]));
    };
    expect(bytesOf(await asked()).equals(late)).toBe(true);
    await setTimeout(50);
    answer = ({ socket }) => void socket.write(`${lengthOf(2)}ok`);
    expect(bytesOf(await asked()).toString()).toBe('ok');
    expect(storage.requests.at(-1)?.socket).not.toBe(storage.requests.at(-2)?.socket);
  });

  it('hears what waits on its connections before it asks over one: their ends, and answers to nobody', async () => {
    const held: RawRequest['socket'][] = [];
    answer = ({ socket }) => void held.push(socket);
    const first = [asked(), asked(), asked(), asked()];
    while (held.length < 4) await setTimeout(5);
    for (const socket of held) socket.write(`${lengthOf(2)}ok`);
    await Promise.all(first);
    answer = ({ socket }) => void socket.write(`${lengthOf(2)}ok`);
    held[0]?.write(`${lengthOf(2)}no`);
    for (const socket of held.slice(1).reverse()) socket.end();
    // Written and closed, and not read: everything stands still until it has come.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    expect(bytesOf(await asked()).toString()).toBe('ok');
    expect(held).not.toContain(storage.requests.at(-1)?.socket);
  });

  it('keeps a connection as the storage says', async () => {
    const sent = async (...fields: readonly string[]): Promise<number> => {
      answer = ({ socket }) => void socket.write(`${lengthOf(2, ...fields)}ok`);
      const before = socketsOf();
      for (let count = 0; count < 3; count++) {
        await asked();
        await setImmediate();
      }
      return socketsOf() - before;
    };
    expect(await sent('Keep-Alive: timeout=5, max=100')).toBe(1);
    expect(await sent('Keep-Alive: timeout=1')).toBe(2);
    expect(await sent('Connection: close')).toBe(3);
  });

  it.each([
    ['chunks', 'HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['no length', 'HTTP/1.1 206 Partial Content\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['chunks and a length', `${lengthOf(2, 'Transfer-Encoding: chunked')}ok`],
    ['HTTP/1.0', 'HTTP/1.0 206 Partial Content\r\nContent-Length: 2\r\n\r\nok'],
    ['lines without a return', 'HTTP/1.1 206 Partial Content\nContent-Length: 2\n\nok'],
    ['a second line without a return', 'HTTP/1.1 206 Partial Content\r\nContent-Length: 2\n\nok'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['no head', 'SSH-2.0-OpenSSH\r\n'],
    ['a head without end', `HTTP/1.1 206 Partial Content\r\nx: ${'y'.repeat(20_000)}`],
  ])('leaves an answer with %s to others, and says nothing of it', async (_name, text) => {
    answer = ({ socket }) => void socket.write(text);
    const outcome = await asked();
    expect(outcome).toMatchObject({ pieces: [], error: { name: 'AnswerError' } });
    expect(outcome.status).toBeUndefined();
  });

  it('reads nothing that is not wanted, and goes on when it is', async () => {
    const body = randomBytes(100 * block);
    answer = ({ socket }) => void socket.write(Buffer.concat([Buffer.from(lengthOf(body.length)), body]));
    let taken = 0;
    let resume: (() => void) | undefined;
    const outcome = asked((piece, controller) => {
      taken += piece.length;
      if (resume !== undefined) return;
      controller.pause();
      resume = () => controller.resume();
    });
    while (resume === undefined) await setTimeout(5);
    await setTimeout(50);
    expect(taken).toBeLessThanOrEqual(2 * block);
    resume();
    expect(bytesOf(await outcome).equals(body)).toBe(true);
  });

  it('lets whoever had the answer before do nothing to the next', async () => {
    let former: Dispatcher.DispatchController | undefined;
    answer = ({ socket }) => void socket.write(`${lengthOf(2)}ok`);
    await asked((_piece, controller) => (former = controller));
    await setImmediate();
    answer = ({ socket }) => {
      former?.pause();
      former?.abort(new Error('too late'));
      socket.write(`${lengthOf(2)}ok`);
    };
    expect(bytesOf(await asked()).toString()).toBe('ok');
    expect(socketsOf()).toBe(1);
  });

  it('sends no field that would end its line', async () => {
    const { error } = await asked(undefined, { range: 'bytes=0-1', authorization: 'Basic x\r\nrange: bytes=0-2' });
    expect(error?.message).toBe('the header field authorization has characters that it may not have');
    expect(storage.requests).toHaveLength(0);
  });

  it('gives up a storage that says nothing, or says hints for ever', async () => {
    const quick = new RangeConnections(storagePlace(new URL(storage.url), {}), { ...times, head: 300, body: 300 });
    const failed = (): Promise<Error> =>
      new Promise(resolve => {
        const handler = { onResponseError: (_controller: unknown, error: Error) => resolve(error) };
        quick.ask({ path: '/recordings/call', headers: {}, handler });
      });
    answer = () => undefined;
    expect(await failed()).toMatchObject({ code: 'ETIMEDOUT' });
    answer = ({ socket }) => void hintsWithoutEnd(socket);
    expect(await failed()).toMatchObject({ code: 'ETIMEDOUT' });
    answer = ({ socket }) => void socket.write(`${lengthOf(10)}01234`);
    expect(await failed()).toMatchObject({ code: 'ETIMEDOUT' });
    quick.destroy(new Error('the test is over'));
  });
});

async function hintsWithoutEnd(socket: RawRequest['socket']): Promise<void> {
  while (!socket.destroyed) {
    socket.write('HTTP/1.1 102 Processing\r\n\r\n');
    await setTimeout(50);
  }
}
