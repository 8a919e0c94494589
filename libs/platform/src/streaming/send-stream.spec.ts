import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ReceiverGoneError, ReceiverStalledError } from './receiver-gone.js';
import { sendStream } from './send-stream.js';

const patient = { receiverIdleTimeoutMs: 60_000 };
const chunkSize = 16 * 1024;

/** Gives `chunks` pieces of a payload, and tells how many were asked for. */
class CountedSource extends Readable {
  given = 0;

  constructor(private readonly chunks: number) {
    super({ highWaterMark: chunkSize });
  }

  override _read(): void {
    this.push(this.given < this.chunks ? Buffer.alloc(chunkSize, this.given++) : null);
  }
}

/** Takes a chunk only when the test lets it. */
class HeldReceiver extends Writable {
  readonly received: Buffer[] = [];
  private held: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: chunkSize });
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.received.push(chunk);
    this.held = done;
  }

  get holds(): boolean {
    return this.held !== undefined;
  }

  letGo(): void {
    const done = this.held;
    this.held = undefined;
    done?.();
  }
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

function listenersOf(stream: Readable | Writable): Record<string, number> {
  return Object.fromEntries(stream.eventNames().map(name => [String(name), stream.listenerCount(name)]));
}

describe(sendStream.name, () => {
  describe('pieces that can be disposed of', () => {
    const disposable = (count: number, disposed: number[]): Buffer[] =>
      Array.from({ length: count }, (_, index) =>
        Object.assign(Buffer.alloc(10, index), { [Symbol.dispose]: () => void disposed.push(index) }),
      );

    it('are disposed of when the receiver has called back for them, in their order, and not before', async () => {
      const disposed: number[] = [];
      const receiver = new HeldReceiver();
      const source = Readable.from(disposable(5, disposed), { objectMode: false });
      const sent = sendStream(source, receiver, { ...patient, length: 50, disposes: true });
      for (let taken = 0; taken < 5; taken++) {
        await turns();
        expect(disposed).toEqual([0, 1, 2, 3, 4].slice(0, taken));
        expect(receiver.received.length).toBe(taken + 1);
        receiver.letGo();
      }
      await sent;
      expect(disposed).toEqual([0, 1, 2, 3, 4]);
    });

    it('are left alone where the receiver fails, and where it may keep them', async () => {
      const disposed: number[] = [];
      const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
      const source = Readable.from(disposable(2, disposed), { objectMode: false });
      await expect(sendStream(source, failing, { ...patient, length: 20, disposes: true })).rejects.toThrow();
      await sendStream(Readable.from(disposable(2, disposed), { objectMode: false }), new PassThrough(), {
        ...patient,
        length: 20,
      });
      await turns();
      expect(disposed).toEqual([]);
    });
  });

  it('hands over every byte and leaves the receiver open', async () => {
    const [payload, receiver] = [randomBytes(300_000), new PassThrough()];
    const received = buffer(receiver);
    let counted = 0;
    await sendStream(Readable.from([payload.subarray(0, 1), payload.subarray(1)]), receiver, {
      ...patient,
      length: payload.length,
      onBytes: count => (counted += count),
    });
    expect(receiver.writableEnded).toBe(false);
    receiver.end();
    expect((await received).equals(payload)).toBe(true);
    expect(counted).toBe(payload.length);
  });

  it('lets no more than one piece wait where it writes pieces, each in memory of its own', async () => {
    const [chunks, receiver] = [[randomBytes(40), randomBytes(25), randomBytes(10)], new HeldReceiver()];
    let counted = 0;
    const onBytes = (count: number): void => void (counted += count);
    const sent = sendStream(Readable.from(chunks), receiver, { ...patient, length: 75, pieceBytes: 10, onBytes });
    for (const pieces of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await turns();
      expect([receiver.received.length, receiver.writableLength]).toEqual([pieces, pieces === 7 ? 5 : 10]);
      receiver.letGo();
    }
    await sent;
    expect(receiver.received.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10, 5, 10]);
    expect(Buffer.concat(receiver.received)).toEqual(Buffer.concat(chunks));
    expect(counted).toBe(75);
    const memory = new Set(chunks.map(chunk => chunk.buffer));
    for (const piece of receiver.received) expect(memory).not.toContain(piece.buffer);
    expect(receiver.received.map(({ buffer: { byteLength } }) => byteLength)).toEqual([10, 10, 10, 10, 10, 10, 5, 10]);
  });

  it('lets go of what a receiver has not been given, and of nothing else, where it writes pieces', async () => {
    const [receiver, left] = [new HeldReceiver(), { bytes: NaN }];
    const sent = sendStream(Readable.from([randomBytes(40), randomBytes(35)]), receiver, {
      ...patient,
      length: 75,
      pieceBytes: 10,
      letGoAfterMs: 1,
      giveUp: (source, bytes) => {
        left.bytes = bytes;
        source.destroy();
      },
    });
    while (Number.isNaN(left.bytes)) await nextTurn();
    expect([receiver.writableLength, left.bytes]).toEqual([10, 65]);
    receiver.letGo();
    await expect(sent).rejects.toBeInstanceOf(ReceiverStalledError);
  });

  it('gives up a receiver that takes nothing after the source was let go', async () => {
    const sent = sendStream(new CountedSource(100), new HeldReceiver(), {
      receiverIdleTimeoutMs: 3,
      letGoAfterMs: 1,
      length: 100 * chunkSize,
    });
    await expect(sent).rejects.toBeInstanceOf(ReceiverGoneError);
  });

  it('is done when the receiver has taken the last byte, however much it keeps before that', async () => {
    const [source, receiver] = [Readable.from([Buffer.alloc(10), Buffer.alloc(10)]), new HeldReceiver()];
    let done = false;
    const sent = sendStream(source, receiver, { ...patient, length: 20 }).then(() => (done = true));
    await turns();
    receiver.letGo();
    await turns();
    expect([receiver.writableLength, done]).toEqual([10, false]);
    receiver.letGo();
    await sent;
  });

  it('does not wait forever for a receiver that keeps the last bytes to itself', async () => {
    const sent = sendStream(Readable.from([Buffer.alloc(10)]), new HeldReceiver(), {
      length: 10,
      receiverIdleTimeoutMs: 20,
    });
    await expect(sent).rejects.toThrow(ReceiverGoneError);
  });

  it('sends one source after another into the same receiver without leaving a listener', async () => {
    const receiver = new PassThrough();
    const received = buffer(receiver);
    const before = listenersOf(receiver);
    for (let round = 0; round < 30; round++) {
      const source = new CountedSource(3);
      await sendStream(source, receiver, { ...patient, length: 3 * chunkSize });
      expect(source.listenerCount('data') + source.listenerCount('error') + source.listenerCount('close')).toBe(0);
    }
    expect(listenersOf(receiver)).toEqual(before);
    receiver.end();
    expect(await received).toHaveLength(90 * chunkSize);
  });

  it('takes no more from the source than a slow receiver takes', async () => {
    const [source, receiver] = [new CountedSource(1000), new HeldReceiver()];
    const sending = sendStream(source, receiver, { ...patient, length: 1000 * chunkSize });
    await turns();
    const firstDemand = source.given;
    expect(firstDemand).toBeLessThanOrEqual(4);
    for (let taken = 1; taken <= 20; taken++) {
      receiver.letGo();
      await turns(5);
      expect(source.given).toBeLessThanOrEqual(firstDemand + taken);
    }
    receiver.destroy();
    await expect(sending).rejects.toBeInstanceOf(ReceiverGoneError);
  });

  it('passes on what a slow source has, without waiting for the rest', async () => {
    const [source, receiver] = [new PassThrough(), new HeldReceiver()];
    const sending = sendStream(source, receiver, { ...patient, length: 6 });
    source.write('abc');
    await turns();
    expect(Buffer.concat(receiver.received).toString()).toBe('abc');
    receiver.letGo();
    source.end('def');
    await turns();
    receiver.letGo();
    await sending;
    expect(Buffer.concat(receiver.received).toString()).toBe('abcdef');
  });

  it.each([
    ['short', 99, 'ended after 99 of 100 bytes'],
    ['long', 101, 'more than 100 bytes'],
    ['empty', 0, 'ended after 0 of 100 bytes'],
  ])('fails when the source is %s, and destroys it', async (_, bytes, message) => {
    const [source, receiver] = [new PassThrough(), new PassThrough()];
    receiver.resume();
    source.end(Buffer.alloc(bytes));
    const sending = sendStream(source, receiver, { ...patient, length: 100 });
    await expect(sending).rejects.toMatchObject({ code: 'RCS_INTERNAL', message: expect.stringContaining(message) });
    expect(source.destroyed).toBe(true);
    expect(receiver.destroyed).toBe(false);
  });

  it('never hands over a byte beyond the length', async () => {
    const [source, receiver] = [new PassThrough(), new PassThrough()];
    source.write('x'.repeat(60));
    source.end('y'.repeat(60));
    await expect(sendStream(source, receiver, { ...patient, length: 100 })).rejects.toMatchObject({
      code: 'RCS_INTERNAL',
    });
    expect((receiver.read() as Buffer | null)?.length ?? 0).toBeLessThanOrEqual(100);
  });

  it('fails with the error of the source', async () => {
    const [source, failure] = [new PassThrough(), new Error('the storage broke off')];
    const sending = sendStream(source, new PassThrough(), { ...patient, length: 100 });
    source.write('abc');
    source.destroy(failure);
    await expect(sending).rejects.toBe(failure);
  });

  it('fails when the source closes without an end', async () => {
    const source = new PassThrough();
    const sending = sendStream(source, new PassThrough(), { ...patient, length: 100 });
    source.destroy();
    await expect(sending).rejects.toMatchObject({ code: 'RCS_INTERNAL', message: expect.stringContaining('closed') });
  });

  it('does not wait for a source that was over before', async () => {
    const failure = new Error('gone before');
    const failed = new PassThrough().on('error', () => undefined);
    failed.destroy(failure);
    await turns(2);
    await expect(sendStream(failed, new PassThrough(), { ...patient, length: 1 })).rejects.toBe(failure);
    const closed = new PassThrough().destroy();
    await expect(sendStream(closed, new PassThrough(), { ...patient, length: 1 })).rejects.toMatchObject({
      code: 'RCS_INTERNAL',
    });
    const ended = Readable.from([]).resume();
    await once(ended, 'end');
    await expect(sendStream(ended, new PassThrough(), { ...patient, length: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('ended after 0 of 1'),
    });
    await expect(sendStream(ended, new PassThrough(), { ...patient, length: 0 })).resolves.toBeUndefined();
  });

  it('gives up a receiver that takes nothing, and destroys the source', async () => {
    const [source, receiver] = [new CountedSource(100), new HeldReceiver()];
    const sending = sendStream(source, receiver, { receiverIdleTimeoutMs: 1, length: 100 * chunkSize });
    await expect(sending).rejects.toThrow('the receiver takes no data');
    await expect(sending).rejects.toBeInstanceOf(ReceiverGoneError);
    expect(source.destroyed).toBe(true);
    expect(receiver.listenerCount('drain')).toBe(0);
  });

  it('lets the source go where the receiver takes nothing for a while, and leaves the receiver to the caller', async () => {
    const [source, receiver] = [new CountedSource(100), new HeldReceiver()];
    const sending = sendStream(source, receiver, { ...patient, letGoAfterMs: 1, length: 100 * chunkSize });
    let outcome: unknown = 'waiting';
    sending.catch((error: unknown) => (outcome = error));
    await once(source, 'close');
    await turns();
    expect(outcome).toBe('waiting');
    receiver.letGo();
    await turns();
    receiver.letGo();
    await expect(sending).rejects.toBeInstanceOf(ReceiverStalledError);
    expect([source.destroyed, receiver.destroyed]).toEqual([true, false]);
    expect(receiver.listenerCount('drain')).toBe(0);
  });

  it('lets nothing go when all has been sent and the receiver has only to take it', async () => {
    const receiver = new HeldReceiver();
    const sent = sendStream(new CountedSource(2), receiver, { ...patient, letGoAfterMs: 1, length: 2 * chunkSize });
    while (!receiver.holds) await nextTurn();
    receiver.letGo();
    while (!receiver.holds) await nextTurn();
    await new Promise(resolve => setTimeout(resolve, 20));
    receiver.letGo();
    await sent;
  });

  it.each(['destroyed before', 'destroyed on the way', 'failed on the way'])(
    'notices a receiver that was %s',
    async how => {
      const [source, receiver] = [new CountedSource(100), new HeldReceiver()];
      receiver.on('error', () => undefined);
      if (how === 'destroyed before') receiver.destroy();
      const sending = sendStream(source, receiver, { ...patient, length: 100 * chunkSize });
      const outcome = expect(sending).rejects.toBeInstanceOf(ReceiverGoneError);
      await turns(2);
      receiver.destroy(how === 'failed on the way' ? new Error('ECONNRESET') : undefined);
      await outcome;
      expect(source.destroyed).toBe(true);
    },
  );

  describe('into a real HTTP response', () => {
    async function serve(
      handle: (response: ServerResponse) => Promise<void>,
      play: (answer: IncomingMessage) => Promise<void>,
    ): Promise<void> {
      let handled: Promise<void> = Promise.resolve();
      const server = createServer((_, response) => {
        handled = handle(response);
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      try {
        const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
        const [answer] = (await once(request, 'response')) as [IncomingMessage];
        await play(answer);
        await handled;
      } finally {
        server.closeAllConnections();
        await new Promise(resolve => server.close(resolve));
      }
    }

    it('waits for a player that pauses, then gives it every byte', async () => {
      const source = new CountedSource(4000);
      const length = 4000 * chunkSize;
      await serve(
        async response => {
          response.writeHead(200, { 'content-length': length });
          await sendStream(source, response, { ...patient, length });
          response.end();
        },
        async answer => {
          answer.pause();
          let given: number;
          do {
            given = source.given;
            await turns(200);
          } while (source.given > given);
          expect(source.given).toBeLessThan(4000);
          let received = 0;
          for await (const chunk of answer as AsyncIterable<Buffer>) received += chunk.length;
          expect(received).toBe(length);
        },
      );
    });

    it('destroys the source when the player leaves', async () => {
      const source = new CountedSource(100_000);
      let outcome: unknown;
      await serve(
        async response => {
          response.writeHead(200);
          outcome = await sendStream(source, response, { ...patient, length: 100_000 * chunkSize }).catch(
            (error: unknown) => error,
          );
        },
        async answer => {
          await once(answer, 'readable');
          answer.destroy();
        },
      );
      expect(outcome).toBeInstanceOf(ReceiverGoneError);
      expect(source.destroyed).toBe(true);
      expect(source.given).toBeLessThan(100_000);
    });
  });
});
