import { randomBytes, randomInt } from 'node:crypto';
import { Duplex, duplexPair } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { KeyEncryptionScheme } from '../unwrap/key-encryption-scheme.js';
import type { OaepHash } from '../unwrap/oaep.js';
import { FrameChannel } from './frame-channel.js';
import { FrameSplitter } from './frame-splitter.js';
import type { MessageFromHost, MessageToHost } from './host-messages.js';
import { callerCodec, hostCodec } from './message-codecs.js';

const bytes = (max: number): fc.Arbitrary<Buffer> => fc.uint8Array({ maxLength: max }).map(array => Buffer.from(array));
const hash = fc.constantFrom<OaepHash>('sha1', 'sha224', 'sha256', 'sha384', 'sha512');
const scheme: fc.Arbitrary<KeyEncryptionScheme> = fc.oneof(
  fc.constant({ scheme: 'rsaes-pkcs1-v1_5' } as const),
  fc.record({ scheme: fc.constant('rsaes-oaep' as const), hash, mgfHash: hash, label: bytes(300) }),
);
const key = fc.record(
  { id: bytes(40), label: fc.string({ unit: 'binary', maxLength: 200 }) },
  { requiredKeys: ['id'] },
);
const sessionKeyLength = fc.oneof(fc.constant('own' as const), fc.integer({ min: 1, max: 64 }));
const id = fc.nat(0xffff_ffff);
const unwrap: fc.Arbitrary<MessageToHost> = fc
  .record({ id, key, encrypted: fc.record({ scheme, encryptedKey: bytes(600), sessionKeyLength }) })
  .map(({ key, encrypted, ...rest }) => ({
    kind: 'request',
    name: 'unwrapSessionKey',
    arguments: [key, encrypted],
    ...rest,
  }));
const toHost: fc.Arbitrary<MessageToHost> = fc.oneof(
  unwrap,
  fc.constant({ kind: 'ping' } as const),
  id.map(given => ({ kind: 'abort', id: given }) as const),
);
const fromHost: fc.Arbitrary<MessageFromHost> = fc.oneof(
  fc
    .record({ id, value: bytes(600), executed: fc.array(fc.double({ noNaN: true }), { maxLength: 20 }) })
    .map(result => ({ kind: 'result', ...result }) as const),
  id.map(given => ({ kind: 'result', id: given, value: undefined, executed: [] }) as const),
  fc.constant({ kind: 'alive' } as const),
);

/** Hands on what was written in pieces of any size. */
function inPieces(from: Duplex, to: Duplex, largest: number): void {
  from.on('data', (chunk: Buffer) => {
    const copy = Buffer.from(chunk);
    for (let start = 0; start < copy.length;) {
      const end = Math.min(copy.length, start + randomInt(1, largest));
      to.write(copy.subarray(start, end));
      start = end;
    }
  });
  from.on('end', () => to.end());
}

function connected(largestPiece = 700): {
  caller: FrameChannel<MessageToHost, MessageFromHost>;
  host: FrameChannel<MessageFromHost, MessageToHost>;
  atHost: MessageToHost[];
  atCaller: MessageFromHost[];
  wire: Duplex;
  closed: string[];
} {
  const [callerSide, wireA] = duplexPair();
  const [hostSide, wireB] = duplexPair();
  inPieces(wireA, wireB, largestPiece);
  inPieces(wireB, wireA, largestPiece);
  const [atHost, atCaller, closed]: [MessageToHost[], MessageFromHost[], string[]] = [[], [], []];
  const caller = new FrameChannel(
    callerSide,
    callerCodec,
    one => atCaller.push(one),
    () => closed.push('caller'),
  );
  const host = new FrameChannel(
    hostSide,
    hostCodec,
    one => atHost.push(one),
    () => closed.push('host'),
  );
  return { caller, host, atHost, atCaller, wire: wireA, closed };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

describe(FrameChannel.name, () => {
  it('brings messages of every kind over whole and in order, however they are cut on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(toHost, { maxLength: 12 }), fc.array(fromHost, { maxLength: 12 }), async (to, from) => {
        const { caller, host, atHost, atCaller } = connected();
        to.forEach(message => caller.send(message));
        from.forEach(message => host.send(message));
        await turns(20);
        expect(atHost).toEqual(to);
        expect(atCaller).toEqual(from);
      }),
      { numRuns: 60 },
    );
  });

  it('sends all of one turn in one write', async () => {
    const { caller, wire } = connected();
    const writes: number[] = [];
    wire.on('data', (chunk: Buffer) => writes.push(chunk.length));
    for (let count = 0; count < 20; count++) caller.send({ kind: 'abort', id: count });
    await turns(5);
    expect(writes).toHaveLength(1);
  });

  it('writes at once what has to be on its way, behind what was sent before', async () => {
    const written: number[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _, done) => {
        written.push(chunk.length);
        done();
      },
    });
    const ignore = (): void => undefined;
    const caller = new FrameChannel(stream, callerCodec, ignore, ignore);
    caller.send({ kind: 'ping' });
    expect(written).toEqual([]);
    caller.sendAtOnce({ kind: 'ping' });
    expect(written).toHaveLength(1);
    caller.send({ kind: 'ping' });
    await turns(5);
    expect(written).toHaveLength(2);
    expect(written[0]).toBe(2 * (written[1] ?? 0));
  });

  it('brings over what is much larger than what a socket takes at once', async () => {
    const { caller, host, atHost, atCaller } = connected(100_000);
    const value = randomBytes(200_000);
    host.send({ kind: 'result', id: 1, value, executed: [] });
    caller.send({ kind: 'request', id: 2, name: 'sign', arguments: [value] });
    caller.send({ kind: 'ping' });
    for (let turn = 0; turn < 5000 && (atHost.length < 2 || atCaller.length < 1); turn++) await nextTurn();
    expect(atCaller).toEqual([{ kind: 'result', id: 1, value, executed: [] }]);
    expect(atHost).toEqual([{ kind: 'request', id: 2, name: 'sign', arguments: [value] }, { kind: 'ping' }]);
  });

  it.each([
    ['is no frame', Buffer.alloc(64, 0xff)],
    ['is no structured clone', Buffer.of(3, 0, 0, 0, 0, 1, 2)],
    ['is empty', Buffer.of(0, 0, 0, 0)],
    ['ends within a number', Buffer.of(3, 0, 0, 0, 2, 1, 2)],
  ])('closes when what comes %s', async (_, garbage) => {
    const { wire, closed, atCaller } = connected();
    wire.write(garbage);
    await turns(20);
    expect([atCaller, closed[0]]).toEqual([[], 'caller']);
  });
});

describe(FrameSplitter.name, () => {
  it('overwrites what it gave out, where it came from too', () => {
    const frame = Buffer.concat([Buffer.of(4, 0, 0, 0), Buffer.from('key!')]);
    const chunks = [Buffer.concat([frame, frame.subarray(0, 6)]), Buffer.from(frame.subarray(6))];
    const given: Buffer[] = [];
    const texts: string[] = [];
    const splitter = new FrameSplitter(one => {
      given.push(one);
      texts.push(one.toString());
    });
    expect(chunks.map(chunk => splitter.take(chunk))).toEqual([true, true]);
    expect(texts).toEqual(['key!', 'key!']);
    const left = Buffer.concat([...given, ...chunks]).toString('latin1');
    expect(left).not.toMatch(/[key!]/);
  });
});
