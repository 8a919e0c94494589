import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { OwnWorkerAnswer } from '#contracts';
import type { InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { ScriptedWorker, writePieces } from '#test/data-plane/scripted-worker.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import type { AnswerTimes } from './answer-connection.js';
import { AnswerPool } from './answer-pool.js';
import { SilenceWatch } from '#http-answers';

jest.setTimeout(120_000);

const never = new AbortController().signal;
const long = 60_000;
const patient: AnswerTimes = { connect: long, head: long, body: long, idle: long };
const headOf = (length: number, ...fields: readonly string[]): string =>
  ['HTTP/1.1 200 OK', `content-length: ${length}`, ...fields, '', ''].join('\r\n');

let identities: Readonly<Record<'gateway' | 'worker', InternalIdentity>>;
beforeAll(async () => {
  const authority = await InternalAuthority.create();
  identities = { gateway: await authority.issue('playback-gateway'), worker: await authority.issue('decrypt-worker') };
});

describe.each(['TLS', 'a socket'])('answers of a worker over %s', way => {
  let worker: ScriptedWorker;
  let pool: AnswerPool;

  beforeEach(async () => {
    worker = await ScriptedWorker.listen(way === 'TLS' ? identities : undefined);
    pool = poolOf(4);
  });
  afterEach(async () => {
    await pool.destroy();
    await worker.close();
  });

  const poolOf = (connections: number, times: Partial<AnswerTimes> = {}): AnswerPool =>
    new AnswerPool(worker.place(), { connections, times: { ...patient, ...times } }, new SilenceWatch());
  const ask = (signal = never, body = '{}'): Promise<OwnWorkerAnswer> =>
    within('an answer', pool.ask({ path: '/media', headers: { 'x-request-id': 'one' }, body }, signal));
  const read = async (): Promise<Buffer> => within('a body', buffer((await ask()).body));
  const failed = async (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => false,
      () => true,
    );
  const answerWith = (...pieces: readonly (string | Buffer)[]): void => {
    worker.answering = socket => writePieces(socket, pieces);
  };

  it('are asked for by a request that says its length in bytes', async () => {
    const texts: string[] = [];
    worker.answering = (socket, { text }) => {
      texts.push(text);
      socket.write(headOf(0));
    };
    for (const body of ['{"name":"Muller"}', '{"name":"Müller"}', `{"name":"${'ж'.repeat(100_000)}"}`]) {
      await (await ask(never, body)).body.toArray();
      const text = Buffer.from(texts.pop() ?? '', 'latin1').toString();
      expect(text).toMatch(/^POST \/media HTTP\/1\.1\r\nhost: \S+\r\n/);
      expect(text.slice(text.indexOf('\r\n\r\n'))).toBe(`\r\n\r\n${body}`);
      expect(text).toContain(`\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`);
    }
    expect(worker.connections).toBe(1);
  });

  it('are not asked for with a field that would be two', async () => {
    const asked = pool.ask({ path: '/media', headers: { 'x-request-id': 'a\r\nb: c' }, body: '{}' }, never);
    await expect(asked).rejects.toThrow('x-request-id');
    expect(worker.connections).toBe(0);
  });

  it('are the same wherever they are cut', async () => {
    const body = randomBytes(300);
    const whole = Buffer.concat([
      Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${headOf(body.length, 'etag: "a"')}`),
      body,
    ]);
    for (let at = 0; at <= whole.length; at++) {
      answerWith(whole.subarray(0, at), whole.subarray(at));
      const answer = await ask();
      const came = await buffer(answer.body);
      expect({ at, status: answer.statusCode, etag: answer.headers['etag'], same: came.equals(body) }).toEqual({
        at,
        status: 200,
        etag: '"a"',
        same: true,
      });
    }
    expect(worker.connections).toBe(1);
  });

  it('fail wherever the worker closes before their end, and are never short', async () => {
    const whole = Buffer.from(`${headOf(100)}${'x'.repeat(100)}`);
    for (let at = 0; at < whole.length; at++) {
      worker.answering = socket => socket.end(whole.subarray(0, at));
      expect({ at, failed: await failed(read()) }).toEqual({ at, failed: true });
    }
    worker.answering = socket => socket.end(whole);
    expect((await read()).length).toBe(100);
  });

  it('fail when the connection is cut in the middle', async () => {
    for (const at of [0, 1, 100_000, 3_000_000]) {
      worker.answering = socket => {
        socket.write(headOf(4_000_000));
        socket.write(Buffer.alloc(at), () => setImmediate(() => socket.destroy()));
      };
      expect({ at, failed: await failed(read()) }).toEqual({ at, failed: true });
    }
  });

  it('that break off while nobody reads them fail when they are read', async () => {
    worker.answering = socket => socket.write(headOf(10), () => setImmediate(() => socket.destroy()));
    const { body } = await ask();
    await waitFor('the body to be broken', () => body.destroyed);
    await expect(buffer(body)).rejects.toThrow();
  });

  it('are byte by byte what was sent, in pieces of any size, one after the other and many at once', async () => {
    const sent = new Map<string, Buffer>();
    worker.answering = async (socket, { text }) => {
      const body = randomBytes(1 + Math.floor(Math.random() * 1_500_000));
      sent.set(/"id":"(\d+)"/.exec(text)?.[1] ?? '', body);
      socket.write(headOf(body.length));
      for (let at = 0; at < body.length;) {
        const size = 1 + Math.floor(Math.random() ** 4 * 400_000);
        socket.write(body.subarray(at, at + size));
        at += size;
        if (Math.random() < 0.3) await new Promise(resolve => setImmediate(resolve));
      }
    };
    const round = async (id: number): Promise<void> => {
      const { body } = await ask(never, JSON.stringify({ id: String(id) }));
      const pieces: Buffer[] = [];
      for await (const piece of body as AsyncIterable<Buffer>) {
        pieces.push(piece);
        if (Math.random() < 0.1) await new Promise(resolve => setImmediate(resolve));
      }
      expect({ id, same: Buffer.concat(pieces).equals(sent.get(String(id)) ?? Buffer.alloc(0)) }).toEqual({
        id,
        same: true,
      });
    };
    await Promise.all(Array.from({ length: 60 }, (_, id) => round(id)));
    expect(worker.connections).toBe(4);
  });

  it('find the end of their head in their own bytes, whatever the one before left behind', async () => {
    const tempting = Buffer.from('\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad'.repeat(2000));
    for (let turn = 0; turn < 20; turn++) {
      answerWith(headOf(tempting.length), tempting);
      expect((await read()).equals(tempting)).toBe(true);
      answerWith(...headOf(4).split(/(?=[^])/), 'good');
      expect((await read()).toString()).toBe('good');
    }
    expect(worker.connections).toBe(1);
  });

  it('keep nothing of a body with a connection that waits', async () => {
    answerWith(headOf(50_000), Buffer.alloc(50_000, 'secret'));
    const { body } = await ask();
    const pieces = (await body.toArray()) as Buffer[];
    const memories = new Set(pieces.map(piece => piece.buffer));
    answerWith(headOf(4), 'next');
    const [next] = (await (await ask()).body.toArray()) as Buffer[];
    expect(next?.toString()).toBe('next');
    expect(memories.has(next?.buffer ?? new ArrayBuffer())).toBe(false);
  });

  it.each([
    ['with their end', `${headOf(4)}goodHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad`, true],
    ['a little later', `${headOf(20_000)}${'x'.repeat(20_000)}HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad`, false],
  ])('are never taken for what came behind another, %s', async (_, text, isRefused) => {
    answerWith(text);
    expect(await failed(read())).toBe(isRefused);
    answerWith(headOf(4), 'next');
    expect((await read()).toString()).toBe('next');
    expect(worker.connections).toBe(2);
  });

  it('are not taken where nobody asked for them', async () => {
    worker.answering = socket => {
      socket.write(headOf(0));
      setTimeout(() => socket.write(headOf(3) + 'bad'), 20);
    };
    await read();
    const [connection] = worker.sockets;
    if (connection !== undefined) await within('the end of the connection', once(connection, 'close'));
    answerWith(headOf(4), 'next');
    expect((await read()).toString()).toBe('next');
  });

  it.each([
    ['a head without an end', 'HTTP/1.1 200 OK\r\nx: ' + 'x'.repeat(70_000)],
    [
      'interim answers and then nothing else than chunks',
      'HTTP/1.1 102 x\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['another protocol', 'HTTP/1.1 101 x\r\n\r\n'],
    ['noise', '\x16\x03\x01\x00'.repeat(20_000)],
  ])('fail for %s, and the connection is ended', async (_, text) => {
    answerWith(text);
    expect(await failed(ask())).toBe(true);
    await waitFor('the connection to be closed', () => worker.sockets.size === 0);
  });

  it('that have no body leave the connection for the next', async () => {
    for (const head of ['HTTP/1.1 304 Not Modified\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n', headOf(0)]) {
      answerWith(head);
      expect((await read()).length).toBe(0);
    }
    expect(worker.connections).toBe(1);
  });

  it('go over another connection when one is to be closed, was left, or has died', async () => {
    answerWith(headOf(2, 'connection: close'), 'ok');
    await read();
    answerWith(headOf(10_000_000), Buffer.alloc(100_000));
    (await ask()).body.destroy();
    await waitFor('the connection to be closed', () => [...worker.sockets].every(({ destroyed }) => destroyed));
    answerWith(headOf(2), 'ok');
    await read();
    expect(worker.connections).toBe(3);
    for (const socket of worker.sockets) socket.destroy();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect((await read()).toString()).toBe('ok');
    expect(worker.connections).toBe(4);
  });

  it('wait for a connection where all are in use, as long as somebody waits for them', async () => {
    const open: Socket[] = [];
    worker.answering = socket => void open.push(socket);
    const first = Array.from({ length: 4 }, () => ask());
    const leaving = new AbortController();
    const [left, second] = [failed(ask(leaving.signal)), ask()];
    await waitFor('four requests', () => open.length === 4);
    leaving.abort(new Error('left'));
    expect(await left).toBe(true);
    open[0]?.write(headOf(2) + 'ok');
    await Promise.race(first.map(async answer => buffer((await answer).body)));
    await waitFor('the fifth', () => open.length === 5);
    for (const socket of open.slice(1)) socket.write(headOf(2) + 'ok');
    expect((await buffer((await second).body)).toString()).toBe('ok');
    await Promise.all(first.slice(1).map(async answer => buffer((await answer).body)));
    expect(worker.connections).toBe(4);
  });

  it('that are given up before their head end the connection', async () => {
    const leaving = new AbortController();
    worker.answering = () => leaving.abort(new Error('left'));
    await expect(ask(leaving.signal)).rejects.toThrow('left');
    await waitFor('the connection to be closed', () => worker.sockets.size === 0);
    await expect(ask(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('are read no further than somebody takes them, and others go on', async () => {
    const length = 50_000_000;
    let written = 0;
    worker.answering = (socket, { connection }) => {
      if (connection > 0) return writePieces(socket, [headOf(1_000_000), Buffer.alloc(1_000_000)]);
      socket.write(headOf(length));
      const next = (): void => {
        if (written === length || socket.destroyed) return;
        written += 100_000;
        socket.write(Buffer.alloc(100_000, written), next);
      };
      next();
      return undefined;
    };
    const slow = (await ask()).body;
    for (let turn = 0; turn < 30; turn++) expect((await read()).length).toBe(1_000_000);
    expect(slow.readableLength).toBeLessThan(600_000);
    expect(written).toBeLessThan(30_000_000);
    expect((await within('the slow one', buffer(slow))).length).toBe(length);
  });

  it('are given up when nothing comes, before the head and behind it, but not while nobody takes them', async () => {
    await pool.destroy();
    pool = poolOf(4, { head: 300, body: 300 });
    answerWith('');
    await expect(ask()).rejects.toThrow('answers nothing');
    answerWith(headOf(100), 'x');
    await expect(read()).rejects.toThrow('does not come');
    worker.answering = socket => writePieces(socket, [headOf(20_000_000), Buffer.alloc(20_000_000)]);
    const { body } = await ask();
    await new Promise(resolve => setTimeout(resolve, 1200));
    expect((await buffer(body)).length).toBe(20_000_000);
  });

  it('close connections that were idle for long', async () => {
    await pool.destroy();
    pool = poolOf(4, { idle: 100 });
    answerWith(headOf(2), 'ok');
    await read();
    await waitFor('the connection to be closed', () => worker.sockets.size === 0);
    expect((await read()).toString()).toBe('ok');
    expect(worker.connections).toBe(2);
  });

  it('come to their ends before a pool is closed, and break off when it is destroyed', async () => {
    const open: Socket[] = [];
    worker.answering = socket => {
      socket.write(headOf(4) + 'go');
      open.push(socket);
    };
    const { body } = await ask();
    const closed = pool.close();
    open[0]?.write('od');
    expect((await buffer(body)).toString()).toBe('good');
    await within('the pool to be closed', closed);
    pool = poolOf(4);
    const broken = (await ask()).body;
    await within('the pool to be destroyed', pool.destroy());
    await expect(buffer(broken)).rejects.toThrow();
  });
});

describe('a worker that nobody finds', () => {
  it('is said to be one', async () => {
    const worker = await ScriptedWorker.listen();
    const pool = new AnswerPool(worker.place(), { connections: 1, times: patient }, new SilenceWatch());
    await worker.close();
    const asked = Array.from({ length: 3 }, () => pool.ask({ path: '/media', headers: {}, body: '{}' }, never));
    for (const one of asked) await expect(one).rejects.toMatchObject({ syscall: 'connect' });
    await pool.destroy();
  });
});
