import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '#test/waiting/wait-for.js';
import { FaultyStorage, head, type RawRequest } from '../testing/faulty-storage.js';
import { patience, rcsError, StorageProbe } from '../testing/storage-probe.js';
import type { MediaStorageConfiguration } from '../media-storage-configuration.js';

const media = randomBytes(300_000);
const state = { ETag: '"1"', 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' };
const file = '/call.bin';

let storage: FaultyStorage | undefined;
let probe: StorageProbe | undefined;

afterEach(async () => {
  await probe?.storages.close();
  await storage?.stop();
  probe = storage = undefined;
});

async function probing(
  answer: (request: RawRequest) => void,
  settings: Partial<MediaStorageConfiguration> = {},
): Promise<StorageProbe> {
  storage = await FaultyStorage.start(answer);
  return (probe = new StorageProbe(storage.url, settings));
}

/** The range that was asked for, clipped to the file. */
function rangeOf({ range }: RawRequest): [start: number, end: number] {
  const [, start = '', last = ''] = /bytes=(\d*)-(\d*)/.exec(range ?? '') ?? [];
  if (start === '') return [Math.max(0, media.length - Number(last)), media.length];
  return [Number(start), Math.min(media.length, last === '' ? media.length : Number(last) + 1)];
}

/** A proper answer, of which only the first `cut` bytes of the body are sent. */
function answerWell(request: RawRequest, cut = Infinity, fields: Record<string, string | number> = state): void {
  if (request.method === 'HEAD') {
    request.socket.write(head('200 OK', { 'Content-Length': media.length, ...fields }));
    return;
  }
  const [start, end] = rangeOf(request);
  const contentRange = `bytes ${start}-${end - 1}/${media.length}`;
  request.socket.write(
    head('206 Partial', { 'Content-Length': end - start, 'Content-Range': contentRange, ...fields }),
  );
  request.socket.write(media.subarray(start, Math.min(end, start + cut)));
}

function answerWhole({ socket, method }: RawRequest): void {
  socket.write(head('200 OK', { 'Content-Length': media.length, ...state }));
  if (method !== 'HEAD') socket.write(media);
}

describe('a storage that does not say at once how long a file is', () => {
  const chunked = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]);

  const ways: [string, (request: RawRequest) => void][] = [
    [
      'with a star for the total',
      request => {
        if (request.method === 'HEAD') return answerWell(request);
        const [start, end] = rangeOf(request);
        const contentRange = `bytes ${start}-${end - 1}/*`;
        request.socket.write(
          head('206 Partial', { 'Content-Length': end - start, 'Content-Range': contentRange, ...state }),
        );
        request.socket.write(media.subarray(start, end));
      },
    ],
    [
      'in chunks, whole',
      request => {
        if (request.method === 'HEAD') return answerWell(request);
        request.socket.write(head('200 OK', { 'Transfer-Encoding': 'chunked', ...state }));
        request.socket.write(chunked(media));
      },
    ],
    [
      'in chunks, the range',
      request => {
        if (request.method === 'HEAD') return answerWell(request);
        const [start, end] = rangeOf(request);
        const contentRange = `bytes ${start}-${end - 1}/*`;
        request.socket.write(
          head('206 Partial', { 'Transfer-Encoding': 'chunked', 'Content-Range': contentRange, ...state }),
        );
        request.socket.write(chunked(media.subarray(start, end)));
      },
    ],
  ];

  it.each(ways)('%s is asked once more', async (_, answer) => {
    const made = await probing(answer);
    for (const hint of [{ head: 1000 }, { tail: 64 }, { head: 1000, tail: 64 }, {}]) {
      const stored = await made.open(file, hint);
      expect(stored.size).toBe(media.length);
      expect((await stored.read(0, 1000, patience())).equals(media.subarray(0, 1000))).toBe(true);
      expect((await buffer(stored.stream(5, media.length, patience()))).equals(media.subarray(5))).toBe(true);
    }
  });

  it.each(ways)('%s, and changes meanwhile: noticed', async (_, answer) => {
    const made = await probing(request =>
      request.number <= 2 ? answer(request) : answerWell(request, Infinity, { ...state, ETag: '"2"' }),
    );
    const stored = await made.open(file, { head: 1000 });
    await expect(buffer(stored.stream(0, 10, patience()))).rejects.toMatchObject(rcsError('RCS_STORAGE_CHANGED'));
  });

  it('is refused when it does not say it then, either', async () => {
    const made = await probing(({ socket, method }) => {
      socket.write(head('200 OK', { 'Transfer-Encoding': 'chunked', ...state }));
      if (method !== 'HEAD') socket.write(chunked(media));
    });
    await expect(made.open(file, { head: 10 })).rejects.toMatchObject(rcsError('RCS_STORAGE_FAILED'));
  });
});

describe('a storage that answers with a coding nobody asked for', () => {
  it.each(['200', '206', 'HEAD'])('is refused on %s', async where => {
    const coded = { ...state, 'Content-Encoding': 'gzip' };
    const made = await probing(request => {
      if (where === '206' || (request.method === 'HEAD') === (where === 'HEAD')) answerWell(request, Infinity, coded);
      else {
        request.socket.write(head('200 OK', { 'Content-Length': media.length, ...coded }));
        request.socket.write(media);
      }
    });
    const hint = where === 'HEAD' ? {} : { head: 100 };
    await expect(made.open(file, hint)).rejects.toMatchObject(rcsError('RCS_STORAGE_FAILED'));
  });

  it.each(['none', 'aws-chunked', 'identity'])('but %s is none', async coding => {
    const made = await probing(request => answerWell(request, Infinity, { ...state, 'Content-Encoding': coding }));
    const stored = await made.open(file, { head: 100 });
    expect((await stored.read(0, 1000, patience())).equals(media.subarray(0, 1000))).toBe(true);
  });
});

describe('a connection that is cut in the middle of a body', () => {
  it('is taken up again at the exact byte', async () => {
    const made = await probing(request => {
      answerWell(request, request.number <= 3 ? 100_000 : Infinity);
      if (request.number > 1 && request.number <= 3) request.socket.end();
    });
    const object = await made.open(file);
    const bytes = await object.read(10, media.length, patience());
    expect(bytes.equals(media.subarray(10))).toBe(true);
    expect(storage?.requests.map(({ range }) => range)).toEqual([
      undefined,
      'bytes=10-299999',
      'bytes=100010-299999',
      'bytes=200010-299999',
    ]);
  });

  it('fails after the second resumption', async () => {
    const made = await probing(request => {
      answerWell(request, 1000);
      if (request.number > 1) request.socket.destroySoon();
    });
    const object = await made.open(file);
    const stream = object.stream(0, media.length, patience());
    let received = 0;
    stream.on('data', (chunk: Buffer) => (received += chunk.length));
    const [failure] = (await once(stream, 'error')) as [unknown];
    expect(failure).toEqual(rcsError('RCS_STORAGE_FAILED'));
    expect(received).toBe(3000);
    expect(storage?.requests).toHaveLength(4);
  });

  it('is not taken up with another file in its place', async () => {
    const made = await probing(request => {
      if (request.number === 3) answerWell(request, Infinity, { ...state, ETag: '"2"' });
      else answerWell(request, request.number === 2 ? 1000 : Infinity);
      if (request.number === 2) request.socket.destroySoon();
    });
    const object = await made.open(file);
    await expect(object.read(0, media.length, patience())).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
  });

  it('is not taken up where no validator could tell another file', async () => {
    const made = await probing(request => {
      answerWell(request, 1000, {});
      if (request.number > 1) request.socket.destroySoon();
    });
    const object = await made.open(file);
    await expect(object.read(0, media.length, patience())).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    expect(storage?.requests).toHaveLength(2);
  });

  it('fails the opening', async () => {
    const made = await probing(request => {
      answerWell(request, 10);
      request.socket.destroySoon();
    });
    await expect(made.open(file, { tail: 64 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });
});

describe('bodies that are not what was promised', () => {
  it('a chunked body that ends too early is never a short success', async () => {
    const made = await probing(request => {
      if (request.method === 'HEAD') {
        answerWell(request);
        return;
      }
      const [start, end] = rangeOf(request);
      const contentRange = `bytes ${start}-${end - 1}/${media.length}`;
      request.socket.write(head('206 Partial', { 'Transfer-Encoding': 'chunked', 'Content-Range': contentRange }));
      request.socket.write('5\r\nabcde\r\n0\r\n\r\n');
    });
    await expect(made.open(file, { head: 10 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });

  it.each([
    ['another range', 'bytes 0-9/300000', 10],
    ['a longer range', 'bytes 5-300/300000', 296],
    ['more bytes than the range', 'bytes 5-14/300000', 11],
  ])('%s is refused', async (_name, contentRange, length) => {
    const made = await probing(request => {
      if (request.method === 'HEAD') {
        answerWell(request);
        return;
      }
      request.socket.write(head('206 Partial', { 'Content-Range': contentRange, 'Content-Length': length, ...state }));
      request.socket.write(Buffer.alloc(length));
    });
    const object = await made.open(file);
    await expect(object.read(5, 15, patience())).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });

  it('more than the wanted window is not gathered in memory', async () => {
    const made = await probing(({ socket }) => {
      socket.write(head('206 Partial', { 'Content-Range': 'bytes 0-9999999999/10000000000', 'Content-Length': 1e10 }));
    });
    await expect(made.open(file, { tail: 64 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });

  it('compressed files are refused', async () => {
    const made = await probing(({ socket }) => {
      socket.write(head('200 OK', { 'Content-Encoding': 'gzip', 'Content-Length': 3 }));
      socket.write('abc');
    });
    await expect(made.open(file, { head: 10 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });

  it.each(['gzip', 'br', 'x-gzip, identity'])('a range in %s is refused, first and later', async coding => {
    const fields = { ...state, 'Content-Encoding': coding };
    const made = await probing(request => answerWell(request, Infinity, request.number === 1 ? state : fields));
    const object = await made.open(file, { head: 10 });
    await expect(object.read(1000, 2000, patience())).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    await expect(made.open(file, { head: 10 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    await expect(made.open(file, { tail: 10 })).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    await expect(made.open(file)).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });

  it('what is no HTTP is a failure of the storage', async () => {
    const made = await probing(({ socket }) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await expect(made.open(file)).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
  });
});

describe('a storage that ignores ranges', () => {
  it.each([[{ head: 1000 }], [{ tail: 64 }], [{ head: 1000, tail: 64 }]])(
    'opens with %j and reads right',
    async hint => {
      const made = await probing(answerWhole);
      const object = await made.open(file, hint);
      expect(object.size).toBe(media.length);
      expect((await object.read(0, 1000, patience())).equals(media.subarray(0, 1000))).toBe(true);
      expect((await object.read(299_936, 300_000, patience())).equals(media.subarray(-64))).toBe(true);
      expect((await object.read(150_000, 150_100, patience())).equals(media.subarray(150_000, 150_100))).toBe(true);
      expect(made.observer.rangesIgnored).toBe(storage?.requests.length);
    },
  );

  it('is cut off when the rest is not wanted', async () => {
    let closed: Promise<unknown> | undefined;
    const made = await probing(request => {
      const { socket } = request;
      if (request.number === 1) {
        answerWhole(request);
        return;
      }
      socket.write(head('200 OK', { 'Content-Length': media.length, ...state }));
      socket.write(media.subarray(0, 200_000));
      closed = new Promise(resolve => socket.once('close', resolve));
    });
    const object = await made.open(file);
    expect((await object.read(100, 200, patience())).equals(media.subarray(100, 200))).toBe(true);
    await closed;
  });

  it('gives small files in one request', async () => {
    const made = await probing(({ socket }) =>
      socket.write(`${head('200 OK', { 'Content-Length': 5, ...state })}short`),
    );
    const object = await made.open(file, { head: 16, tail: 16 });
    expect((await object.read(0, 5, patience())).toString()).toBe('short');
    expect(storage?.requests).toHaveLength(1);
  });
});

describe('statuses', () => {
  it.each([
    ['401 Unauthorized', 'RCS_STORAGE_ACCESS_REFUSED'],
    ['403 Forbidden', 'RCS_STORAGE_ACCESS_REFUSED'],
    ['404 Not Found', 'RCS_STORAGE_FILE_MISSING'],
    ['410 Gone', 'RCS_STORAGE_FILE_MISSING'],
    ['302 Found', 'RCS_STORAGE_FAILED'],
    ['307 Temporary Redirect', 'RCS_STORAGE_FAILED'],
    ['429 Too Many Requests', 'RCS_STORAGE_FAILED'],
    ['500 Internal Server Error', 'RCS_STORAGE_FAILED'],
    ['503 Service Unavailable', 'RCS_STORAGE_FAILED'],
    ['204 No Content', 'RCS_STORAGE_FAILED'],
    ['206 Partial Content', 'RCS_STORAGE_FAILED'],
  ])('%s is %s', async (status, code) => {
    const made = await probing(({ socket }) =>
      socket.write(head(status, { ...(status.startsWith('204') ? {} : { 'Content-Length': 0 }), Location: '/x' })),
    );
    await expect(made.open(file, { tail: 64 })).rejects.toEqual(rcsError(code));
    await expect(made.open(file)).rejects.toEqual(rcsError(code));
  });
});

describe('silence', () => {
  it('before the head is a time-out', async () => {
    const made = await probing(() => undefined, { headersTimeoutMs: 300 });
    await expect(made.open(file)).rejects.toEqual(rcsError('RCS_STORAGE_TIMEOUT'));
    expect(made.observer.statuses).toEqual(['failed']);
  });

  it('within a body is a time-out, and not asked for again', async () => {
    const made = await probing(request => answerWell(request, 1000), { idleTimeoutMs: 300 });
    const object = await made.open(file);
    await expect(object.read(0, media.length, patience())).rejects.toEqual(rcsError('RCS_STORAGE_TIMEOUT'));
    expect(storage?.requests).toHaveLength(2);
  });

  it('a transfer as a whole has an end, however it moves', async () => {
    const timers: NodeJS.Timeout[] = [];
    const made = await probing(
      request => {
        answerWell(request, 10);
        timers.push(setInterval(() => request.socket.write(Buffer.alloc(1)), 20));
      },
      { totalTimeoutMs: 2000 },
    );
    try {
      const object = await made.open(file, { head: 10 });
      await expect(object.read(1000, media.length, patience())).rejects.toEqual(rcsError('RCS_STORAGE_TIMEOUT'));
    } finally {
      timers.forEach(timer => clearInterval(timer));
    }
  });

  it('a deadline of the caller is a time-out', async () => {
    const made = await probing(() => undefined);
    await expect(made.open(file, {}, AbortSignal.timeout(50))).rejects.toEqual(rcsError('RCS_STORAGE_TIMEOUT'));
  });

  it('of the player is not that of the storage, before or after', async () => {
    const large = 8 * 1024 * 1024;
    const made = await probing(
      ({ socket, method }) => {
        socket.write(head('200 OK', { 'Content-Length': large, ...state }));
        if (method !== 'HEAD') socket.write(Buffer.alloc(large - 1));
      },
      // What comes from this very process comes late where the machine is busy, but not so late.
      { idleTimeoutMs: 1500 },
    );
    const object = await made.open(file);
    const stream = object.stream(0, large, patience());
    await once(stream, 'readable');
    await delay(3000);
    let received = 0;
    stream.on('data', (chunk: Buffer) => (received += chunk.length));
    const [failure] = (await once(stream, 'error')) as [unknown];
    expect(failure).toEqual(rcsError('RCS_STORAGE_TIMEOUT'));
    expect(received).toBe(large - 1);
  });
});

describe('connections', () => {
  it('that cannot be opened mean an unreachable storage', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    probe = new StorageProbe(`http://127.0.0.1:${port}/recordings`);
    await expect(probe.open(file)).rejects.toEqual(rcsError('RCS_STORAGE_UNREACHABLE'));
    expect(probe.observer.statuses).toEqual(['failed']);
  });

  it('that the storage had closed meanwhile are replaced without a word', async () => {
    const made = await probing(request => {
      if (request.number === 2) request.socket.destroy();
      else answerWell(request);
    });
    const object = await made.open(file);
    expect((await object.read(0, 10, patience())).equals(media.subarray(0, 10))).toBe(true);
    expect(storage?.requests).toHaveLength(3);
  });

  it('that always break mean an unreachable storage', async () => {
    const made = await probing(({ socket }) => socket.destroy());
    await expect(made.open(file)).rejects.toEqual(rcsError('RCS_STORAGE_UNREACHABLE'));
    expect(storage?.requests).toHaveLength(2);
  });

  it('are bounded, and so is the wait for one', async () => {
    const made = await probing(() => undefined, { maxConnections: 2, headersTimeoutMs: 60_000 });
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const held = [1, 2].map(() => made.open(file, {}, controller.signal));
    const waiting = Array.from({ length: 40 }, () => made.open(file, {}, controller.signal));
    const outcomes = Promise.allSettled([...held, ...waiting]);
    await waitFor('as many requests as there are connections', () => storage?.requests.length === 2);
    await delay(100);
    expect(storage?.requests).toHaveLength(2);
    controller.abort(new Error('enough'));
    const codes = (await outcomes).map(outcome => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'));
    expect(codes.filter(text => text.includes('too many requests'))).toHaveLength(8);
  });

  it('that do not become free in time mean that the server is busy', async () => {
    const made = await probing(request => answerWell(request, 10), {
      maxConnections: 1,
      connectTimeoutMs: 2000,
      headersTimeoutMs: 2000,
    });
    const object = await made.open(file);
    const held = object.stream(0, media.length, patience());
    await once(held, 'readable');
    await expect(object.read(0, 10, patience())).rejects.toEqual(rcsError('RCS_OVERLOADED'));
    held.destroy();
    expect((await object.read(0, 10, patience())).equals(media.subarray(0, 10))).toBe(true);
  });

  it('end with the storages', async () => {
    const made = await probing(() => undefined);
    const pending = made.open(file);
    const outcome = expect(pending).rejects.toEqual(rcsError('RCS_SHUTTING_DOWN'));
    await delay(50);
    await made.storages.close();
    await outcome;
  });
});

it('a stream can be read piece by piece', async () => {
  const made = await probing(request => answerWell(request));
  const object = await made.open(file);
  expect((await buffer(object.stream(7, 250_001, patience()))).equals(media.subarray(7, 250_001))).toBe(true);
});
