import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { GrantVerifier } from '#grants';
import { RcsError, type ErrorCode } from '#platform';
import { entityTag, media, type Fault } from '#test/data-plane/faulty-worker.js';
import { transports } from '#test/data-plane/worker-under-test.js';
import { within } from '#test/waiting/within.js';
import { MediaRelay } from './media-relay.js';
import { grant, RelayUnderTest, request } from '#test/data-plane/relay-under-test.js';

describe.each(transports)(`${MediaRelay.name} over %s`, transport => {
  let tested: RelayUnderTest;
  // The one asked ahead goes over another. One more to a socket costs no handshake, and what it waits for is read faster.
  const mostConnections = transport === 'TLS' ? 2 : 4;

  beforeAll(async () => (tested = await RelayUnderTest.create(transport)));
  beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0));
  afterEach(async () => {
    jest.restoreAllMocks();
    await tested.stop();
  });

  /** A relay over these workers, which are asked in the order in which they are given. */
  const relayOver = (...faults: readonly Fault[]): Promise<MediaRelay> => tested.over(faults);
  const play = (...asked: Parameters<RelayUnderTest['play']>) => tested.play(...asked);

  it('passes on status, body and the header fields of the media, and adds those of the gateway', async () => {
    const { answer, body, outcome } = await play(await relayOver({}));
    expect(body.equals(media)).toBe(true);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      etag: entityTag,
      'content-length': String(media.length),
      'content-type': 'audio/mpeg',
      'x-request-id': 'request-1',
      'rcs-content-proof': 'not proved',
    });
    expect(answer.headers).not.toHaveProperty('x-internal');
    expect(outcome).toMatchObject({ status: 200 });
  });

  it('sends the content tree to a worker that asks for it, and to no other', async () => {
    const relay = await relayOver({ needsContentTree: true, cutAfter: 1000 }, {});
    let asked = 0;
    const contentTree = () => Promise.resolve(`leaves-${(asked += 1)}`);
    const { body } = await play(relay, request({ contentTree }));
    expect(body.equals(media)).toBe(true);
    expect(tested.workers[0]!.requests.map(seen => seen.contentTree)).toEqual([undefined, 'leaves-1']);
    expect(tested.workers[1]!.requests.map(seen => seen.contentTree)).toEqual([undefined]);
  });

  it('sends the content tree at once to a worker that is not known to have the media open', async () => {
    const relay = await relayOver({ cutAfter: 1000 }, {});
    const contentTree = () => Promise.resolve('leaves');
    const pinned = { ...request(), contentTree };
    const grant = { ...pinned.grant, content: { length: media.length, root: 'a'.repeat(64) } };
    const [first, second] = [await play(relay, { ...pinned, grant }), await play(relay, { ...pinned, grant })];
    expect([first, second].map(({ body }) => body.equals(media))).toEqual([true, true]);
    const seen = tested.workers.map(({ requests }) => requests.map(one => one.contentTree));
    expect(seen).toEqual([['leaves'], ['leaves', undefined]]);
  });

  it('sends parts of a large content tree, and those that a worker asks for, to workers that take them', async () => {
    const relay = await relayOver({ needsParts: [0, 7, 119], cutAfter: 1000 }, {});
    const contentTreeParts = (parts: readonly number[]) =>
      Promise.resolve({ roots: 'roots', parts: parts.map(part => ({ part, leaves: 'leaves' })) });
    const content = { length: 2_000_000_000, root: 'a'.repeat(64) };
    const pinned = request({
      contentTreeParts,
      contentTree: () => Promise.resolve('all'),
      grant: { ...grant, content },
    });
    const [first, second] = [await play(relay, pinned), await play(relay, pinned)];
    expect([first, second].map(({ body }) => body.equals(media))).toEqual([true, true]);
    const [one, before] = tested.workers.map(({ requests }) =>
      requests.map(seen => seen.contentTreeParts?.parts.map(({ part }) => part) ?? seen.contentTree),
    );
    expect([one, before]).toEqual([
      [
        [0, 1],
        [0, 1, 7, 119],
      ],
      ['all', undefined],
    ]);
  });

  it('asks without the content tree where it cannot be had: the media may be open there', async () => {
    const relay = await relayOver({});
    const pinned = request({ contentTree: () => Promise.reject(new Error('the store is away')) });
    const grant = { ...pinned.grant, content: { length: media.length, root: 'a'.repeat(64) } };
    expect((await play(relay, { ...pinned, grant })).body.equals(media)).toBe(true);
    expect(tested.workers[0]!.requests.map(seen => seen.contentTree)).toEqual([undefined]);
  });

  it('gives up where the content tree cannot be had', async () => {
    const { outcome } = await play(await relayOver({ needsContentTree: true }, {}));
    expect(outcome).toBeInstanceOf(Error);
    expect(tested.workers[1]!.requests).toEqual([]);
  });

  it('answers HEAD with the length of the media and no body', async () => {
    const head = { ...request().media, method: 'HEAD' as const };
    const { answer, body } = await play(await relayOver({}), request({ media: head }));
    expect(answer.headers['content-length']).toBe('200000');
    expect(body).toHaveLength(0);
  });

  it.each([0, 1, 15, 16, 4096, 65_535, 65_536, 100_001, 199_984, 199_999])(
    'continues on another worker, byte by byte the same, when the first breaks off after %i bytes',
    async cutAfter => {
      const { body, failure } = await play(await relayOver({ cutAfter }, {}));
      expect(failure).toBeUndefined();
      expect(body.equals(media)).toBe(true);
      expect(tested.workers[1]!.requests[0]!.resume).toEqual({ entityTag, offset: cutAfter });
    },
  );

  it('goes on from worker to worker', async () => {
    const { body } = await play(await relayOver({ cutAfter: 50_000 }, { cutAfter: 50_000 }, { cutAfter: 50_000 }, {}));
    expect(body.equals(media)).toBe(true);
    const offsets = tested.workers.map(worker => worker.requests[0]!.resume?.offset ?? 0);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });

  it('is handed over as often as workers are replaced while they send', async () => {
    const handOvers = Array.from({ length: 8 }, () => ({ cutAfter: 10_000 }));
    const { body } = await play(await relayOver(...handOvers, {}));
    expect(body.equals(media)).toBe(true);
  });

  it('asks no more than four workers that send nothing', async () => {
    const { outcome } = await play(
      await relayOver(...Array.from({ length: 4 }, () => ({ problem: 'RCS_OVERLOADED' as const })), {}),
    );
    expect(outcome).toMatchObject({ code: 'RCS_OVERLOADED' });
    expect(tested.workers[4]!.requests).toEqual([]);
  });

  it('waits for a worker that cannot be reached yet, before and after the body has begun', async () => {
    // The worker in the same process can be reached as long as anybody is there to reach it.
    const before = transport === 'a call' ? [] : [[{}]];
    for (const faults of [...before, [{ cutAfter: 70_000 }, {}]]) {
      const relay = await tested.over(faults, { maxWaitMs: 60_000 });
      const starting = tested.workers.at(-1)!;
      const suspended = jest.spyOn(tested.directory!, 'suspend');
      await starting.goAway();
      const playing = play(relay);
      while (suspended.mock.calls.length < faults.length) await new Promise(resolve => setImmediate(resolve));
      await starting.comeBack();
      const { body, failure, outcome } = await playing;
      expect({ failure, outcome }).toMatchObject({ failure: undefined, outcome: { status: 200 } });
      expect(body.equals(media)).toBe(true);
      await tested.stop();
    }
  });

  it('shows every worker a grant that is good now', async () => {
    // Another identity at every look: what a former one signed is used no more.
    const changing = {
      get current() {
        return { ...tested.identity };
      },
    };
    await play(await tested.over([{ cutAfter: 1000 }, {}], { signer: changing }));
    const grants = tested.workers.map(worker => worker.requests[0]!.grant);
    expect(new Set(grants).size).toBe(2);
    const verifier = new GrantVerifier({ current: tested.identity });
    for (const shown of grants) expect(verifier.verify(shown)).toMatchObject(grant);
  });

  it('breaks the answer off, instead of ending it early, when no worker is left', async () => {
    const { failure, outcome } = await play(await relayOver({ cutAfter: 1000 }, { cutAfter: 1000 }));
    expect(failure).toMatchObject({ code: 'ECONNRESET' });
    expect(outcome).toMatchObject({ code: 'RCS_NO_WORKER' });
  });

  it.each<readonly [string, Fault]>([
    ['says that the media changed', { problem: 'RCS_STORAGE_CHANGED' }],
    ['continues with another entity tag', { entityTag: '"other"' }],
  ])('breaks the answer off when the next worker %s', async (_, fault) => {
    const { failure, outcome } = await play(await relayOver({ cutAfter: 1000 }, fault, {}));
    expect(failure).toMatchObject({ code: 'ECONNRESET' });
    expect(outcome).toMatchObject({ code: 'RCS_STORAGE_CHANGED' });
    expect(tested.workers[2]!.requests).toEqual([]);
  });

  it.each<ErrorCode>(['RCS_OVERLOADED', 'RCS_SHUTTING_DOWN', 'RCS_INTERNAL'])(
    'asks another worker when one answers %s',
    async problem => {
      const { body } = await play(await relayOver({ problem }, {}));
      expect(body.equals(media)).toBe(true);
      expect(tested.workers[1]!.requests[0]).not.toHaveProperty('resume');
    },
  );

  it.each<ErrorCode>(['RCS_KEY_NOT_FOUND', 'RCS_STORAGE_FILE_MISSING', 'RCS_GRANT_REFUSED', 'RCS_MEDIA_UNDECRYPTABLE'])(
    'answers %s of the worker without asking another',
    async problem => {
      const { answer, outcome } = await play(await relayOver({ problem }, {}));
      expect(outcome).toMatchObject({ code: problem });
      expect(answer.statusCode).toBe(new RcsError(problem).definition.http);
      expect(tested.workers[1]!.requests).toEqual([]);
    },
  );

  describe('until the audit record is durable', () => {
    it('sends not a byte', async () => {
      let durable: () => void = () => undefined;
      const audited = new Promise<void>(resolve => (durable = resolve));
      const relay = await relayOver({});
      const playing = play(relay, request({ audited }));
      while (tested.workers[0]!.requests.length === 0) await new Promise(resolve => setImmediate(resolve));
      for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve));
      expect(tested.headSent).toBe(false);
      durable();
      expect((await playing).body.equals(media)).toBe(true);
    });

    it.each<ErrorCode>(['RCS_AUDIT_UNAVAILABLE', 'RCS_OVERLOADED', 'RCS_SHUTTING_DOWN'])(
      'sends nothing at all when that fails with %s, and blames no worker',
      async code => {
        const audited = Promise.reject(new RcsError(code));
        audited.catch(() => undefined);
        const { answer, body, outcome } = await play(await relayOver({}, {}), request({ audited }));
        expect([answer.statusCode, body.length]).toEqual([503, 0]);
        expect(outcome).toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
        expect(tested.workers[1]!.requests).toEqual([]);
      },
    );

    it('survives a worker that dies in the meantime, and asks another', async () => {
      let durable: () => void = () => undefined;
      const audited = new Promise<void>(resolve => (durable = resolve));
      const playing = play(await relayOver({ cutAfter: 1000 }, {}), request({ audited }));
      await tested.workers[0]!.cancelled;
      for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve));
      durable();
      expect((await playing).body.equals(media)).toBe(true);
    });
  });

  it('cancels the request to the worker when the player leaves', async () => {
    const { outcome } = await play(await relayOver({ stall: true }, {}), request(), async answer => {
      await once(answer, 'data');
      answer.destroy();
      return Buffer.alloc(0);
    });
    expect(outcome).toMatchObject({ name: 'ReceiverGoneError' });
    await tested.workers[0]!.cancelled;
    expect(tested.workers[1]!.requests).toEqual([]);
  });

  // A call needs no connection, and who is in the same process is asked until it has much more to do.
  if (transport !== 'a call') {
    it('keeps the connection to the worker when a player leaves with little left to send', async () => {
      const relay = await relayOver({ media: randomBytes(500_000) });
      const [worker] = tested.workers;
      for (let hop = 0; hop < 4; hop++) {
        const asked = request({ media: { ...request().media, range: `bytes=${hop}-` } });
        const { outcome } = await play(relay, asked, async answer => {
          await once(answer, 'data');
          answer.destroy();
          return Buffer.alloc(0);
        });
        expect(outcome).toMatchObject({ name: 'ReceiverGoneError' });
        while (worker!.openAnswers > 0) await new Promise(resolve => setImmediate(resolve));
      }
      expect(worker!.requests.length).toBeGreaterThanOrEqual(4);
      expect(worker!.connections).toBeLessThanOrEqual(mostConnections);
    });

    it('keeps the connection to the worker when a listener seeks while the player fetches ahead', async () => {
      const relay = await relayOver({ media: randomBytes(8_000_000) });
      const [worker] = tested.workers;
      for (const taken of [600_000, 1_500_000, 3_000_000]) {
        const asked = request({ media: { ...request().media, range: 'bytes=0-' } });
        const { outcome } = await play(relay, asked, async answer => {
          let came = 0;
          for await (const chunk of answer as AsyncIterable<Buffer>) if ((came += chunk.length) > taken) break;
          answer.destroy();
          return Buffer.alloc(0);
        });
        expect(outcome).toMatchObject({ name: 'ReceiverGoneError' });
        while (worker!.openAnswers > 0) await new Promise(resolve => setImmediate(resolve));
      }
      expect(worker!.connections).toBeLessThanOrEqual(mostConnections);
    });

    it('asks the worker that has the media open, and whoever has less to do for other media', async () => {
      const relay = await relayOver({}, {});
      const asked = (worker: number): number => tested.workers[worker]!.requests.length;
      await play(relay);
      expect([asked(0), asked(1)]).toEqual([1, 0]);
      // The other one, which said that it has 1000 requests, has less to do now, but not much.
      const done = Array.from({ length: 1002 }, () => tested.directory!.begin('worker-0'));
      await play(relay);
      expect([asked(0), asked(1)]).toEqual([2, 0]);
      await play(relay, request({ grant: { ...request().grant, recording: 'recording-2' } }));
      expect([asked(0), asked(1)]).toEqual([2, 1]);
      done.forEach(end => end());
    });

    it('asks the worker that has the media open when a player takes more after a while', async () => {
      const large = randomBytes(32_000_000);
      const relay = await relayOver({ media: large }, { media: large });
      const done: (() => void)[] = [];
      const { body, failure } = await play(relay, request(), async answer => {
        await once(answer, 'readable');
        // The worker is let go meanwhile, and the other one, which said that it has 1000 requests, has less to do then.
        await within('the worker to be let go', tested.workers[0]!.cancelled);
        for (let count = 0; count < 1002; count++) done.push(tested.directory!.begin('worker-0'));
        return buffer(answer);
      });
      done.forEach(end => end());
      expect(failure).toBeUndefined();
      expect(body.equals(large)).toBe(true);
      expect(tested.workers[0]!.requests.length).toBeGreaterThan(1);
      expect(tested.workers[1]!.requests).toEqual([]);
    });
  }

  it('asks the next one for media whose worker failed', async () => {
    const relay = await relayOver({ passing: { requests: [1], problem: 'RCS_SHUTTING_DOWN' } }, {});
    await play(relay);
    for (let round = 0; round < 2; round++) expect((await play(relay)).body.equals(media)).toBe(true);
    expect(tested.workers.map(({ requests }) => requests.length)).toEqual([2, 2]);
  });

  it('closes the connection to the worker when a player leaves with much left to send', async () => {
    const asked = request({ media: { ...request().media, range: 'bytes=0-1999999' } });
    const { outcome } = await play(
      await relayOver({ media: randomBytes(2_000_000), stall: true }),
      asked,
      async answer => {
        await once(answer, 'data');
        answer.destroy();
        return Buffer.alloc(0);
      },
    );
    expect(outcome).toMatchObject({ name: 'ReceiverGoneError' });
    await tested.workers[0]!.cancelled;
  });
});
