import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import type { ErrorCode } from '#platform';
import { askedAheadBytes, restBefore, windowAt } from './body-windows.js';
import { drainedBytes } from '../workers/give-up-body.js';
import type { RelayRequest } from './relay-request.js';
import { RelayUnderTest, request } from '#test/data-plane/relay-under-test.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const open = 'bytes=0-';
/** In windows of 256 KiB, 256 KiB, 512 KiB, 1 MiB, and the rest, which is hardly more than one of 1 MiB. */
const media = randomBytes(3_500_000);
const borders = [256 * KiB, 512 * KiB, 1 * MiB, 2 * MiB];

describe(windowAt.name, () => {
  it.each([
    [0, 256 * KiB],
    [256 * KiB - 1, 256 * KiB],
    [256 * KiB, 256 * KiB],
    [512 * KiB, 512 * KiB],
    [1 * MiB, 1 * MiB],
    [16 * MiB - 1, 1 * MiB],
    [16 * MiB, 16 * MiB],
    [2 ** 40, 16 * MiB],
  ])('grows with what was taken: at %i it is %i', (offset, bytes) => {
    for (const range of ['bytes=0-', 'bytes=77-', 'bytes=-5', 'bytes=0-1,7-9'])
      expect(windowAt(offset, range)).toBe(bytes);
  });

  it.each(['bytes=0-9999999', ' Bytes = 5 - 77 '])('is large at once for %s, whose end is named', range => {
    expect([windowAt(0, range), windowAt(2 * MiB, range)]).toEqual([2 * MiB, 16 * MiB]);
  });

  it('is large for the whole file', () => {
    expect([windowAt(0, undefined), windowAt(2 * MiB, undefined)]).toEqual([16 * MiB, 16 * MiB]);
  });

  it('lets a player that seeks leave no more than is read to its end, as long as it fetches ahead', () => {
    for (let offset = 0; offset < 16 * MiB; offset += windowAt(offset, open))
      expect(windowAt(offset, open)).toBeLessThanOrEqual(drainedBytes);
  });

  it('lets who leaves at once cost no more than 512 KiB', () => {
    expect(windowAt(0, open) + windowAt(windowAt(0, open), open)).toBeLessThanOrEqual(512 * KiB);
    expect(askedAheadBytes).toBeLessThan(windowAt(0, open));
  });
});

describe(restBefore.name, () => {
  it('is left to who fetches ahead: never before the first byte, nor before what is far beyond', () => {
    expect([0, 1, 256 * KiB, 16 * MiB - 1, 16 * MiB].map(offset => restBefore(offset, open) > 0)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([undefined, 'bytes=0-9999999'])('is not made for who takes it all: %s', range => {
    for (const offset of [0, 256 * KiB, 2 * MiB, 16 * MiB]) expect(restBefore(offset, range)).toBe(0);
  });

  it('takes no more than half a second of a download that goes on where it ended', () => {
    let together = 0;
    for (let offset = 0; offset < 32 * MiB; offset += windowAt(offset, open)) together += restBefore(offset, open);
    expect(together).toBeLessThan(500);
  });
});

/** For all from the beginning, as media elements ask. */
const openRequest = (changes: Partial<RelayRequest> = {}): RelayRequest =>
  request({ media: { method: 'GET', contentType: 'audio/mpeg', range: open }, ...changes });

describe('a body in windows', () => {
  let tested: RelayUnderTest;

  beforeAll(async () => (tested = await RelayUnderTest.create()));
  beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0));
  afterEach(async () => {
    jest.restoreAllMocks();
    await tested.stop();
  });

  const offsetsAsked = (worker: number): readonly number[] =>
    tested.workers[worker]!.requests.map(({ resume }) => resume?.offset ?? 0);

  it('comes from one worker, by one grant, with the length of all of it', async () => {
    const grants: string[] = [];
    const { answer, body, outcome } = await tested.play(
      await tested.over([{ media }, { media }]),
      openRequest({ onGrant: grant => grants.push(grant) }),
    );
    expect(outcome).toMatchObject({ status: 200 });
    expect(answer.headers['content-length']).toBe(String(media.length));
    expect(body.equals(media)).toBe(true);
    expect(offsetsAsked(0)).toEqual([0, ...borders]);
    expect(offsetsAsked(1)).toEqual([]);
    expect(new Set(grants).size).toBe(1);
  });

  it('is asked for at once where the whole file is asked for', async () => {
    const { body } = await tested.play(await tested.over([{ media }]), request());
    expect(body.equals(media)).toBe(true);
    expect(offsetsAsked(0)).toEqual([0]);
  });

  it.each([256 * KiB, 256 * KiB + 1, 384 * KiB])('is asked for once when it has %i bytes', async length => {
    const short = media.subarray(0, length);
    const { body } = await tested.play(await tested.over([{ media: short }]), openRequest());
    expect(body.equals(short)).toBe(true);
    expect(offsetsAsked(0)).toEqual([0]);
  });

  it('is the same whatever its size, wherever workers die, however slowly it is taken', async () => {
    const near = fc.tuple(fc.constantFrom(...borders, 0, media.length), fc.integer({ min: -2, max: 2 }));
    const place = fc.oneof(
      near.map(([border, off]) => Math.max(0, border + off)),
      fc.nat(media.length),
    );
    // With rests between the windows, and with windows that are asked for ahead.
    const ranges = fc.constantFrom(open, 'bytes=0-99999999');
    const slowly =
      (turns: number) =>
      async (answer: IncomingMessage): Promise<Buffer> => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer as AsyncIterable<Buffer>) {
          chunks.push(chunk);
          for (let turn = 0; turn < turns; turn++) await nextTurn();
        }
        return Buffer.concat(chunks);
      };
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.array(place, { maxLength: 3 }),
        fc.nat(3),
        ranges,
        async (length, deaths, turns, range) => {
          const part = media.subarray(0, length);
          const dying = deaths.sort((a, b) => a - b).map(diesAt => ({ media: part, diesAt }));
          const { failure, body } = await tested.play(
            await tested.over([...dying, { media: part }]),
            request({ media: { method: 'GET', contentType: 'audio/mpeg', range } }),
            slowly(turns),
          );
          await tested.stop();
          expect(failure).toBeUndefined();
          expect(body.equals(part)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each<ErrorCode>([
    'RCS_OVERLOADED',
    'RCS_VAULT_UNAVAILABLE',
    'RCS_TOKEN_UNAVAILABLE',
    'RCS_STORAGE_FAILED',
    'RCS_STORAGE_UNREACHABLE',
    'RCS_STORAGE_TIMEOUT',
    'RCS_TIMEOUT',
  ])('goes on when what ails a worker passes: %s', async problem => {
    const relay = await tested.over([{ media, passing: { requests: [1, 2, 3], problem } }], { maxWaitMs: 60_000 });
    const { body, failure } = await tested.play(relay, openRequest());
    expect(failure).toBeUndefined();
    expect(body.equals(media)).toBe(true);
    expect(offsetsAsked(0)).toEqual([0, 256 * KiB, 256 * KiB, 256 * KiB, 256 * KiB, ...borders.slice(1)]);
  });

  it.each<ErrorCode>(['RCS_KEY_NOT_FOUND', 'RCS_STORAGE_FILE_MISSING', 'RCS_MEDIA_UNDECRYPTABLE'])(
    'is broken off at once by %s, and at the end of patience by what does not pass',
    async problem => {
      for (const code of [problem, 'RCS_VAULT_UNAVAILABLE'] as const) {
        const relay = await tested.over([{ media, passing: { requests: [1, 2], problem: code } }, { media }]);
        const { failure, outcome } = await tested.play(relay, openRequest());
        expect(failure).toMatchObject({ code: 'ECONNRESET' });
        expect(outcome).toMatchObject({ code });
        expect(offsetsAsked(1)).toEqual([]);
        await tested.stop();
      }
    },
  );

  it('is broken off when a later window is of another state of the file', async () => {
    const relay = await tested.over([{ media, tagChangesAt: 512 * KiB }]);
    const { failure, outcome } = await tested.play(relay, openRequest());
    expect(failure).toMatchObject({ code: 'ECONNRESET' });
    expect(outcome).toMatchObject({ code: 'RCS_STORAGE_CHANGED' });
  });

  it('is asked for no further when the player leaves, and what runs is cancelled', async () => {
    const { outcome } = await tested.play(await tested.over([{ media }]), openRequest(), async answer => {
      await once(answer, 'data');
      answer.destroy();
      return Buffer.alloc(0);
    });
    expect(outcome).toMatchObject({ name: 'ReceiverGoneError' });
    while (tested.workers[0]!.openAnswers > 0) await nextTurn();
    expect(Math.max(...offsetsAsked(0))).toBeLessThanOrEqual(256 * KiB);
  });
});
