import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { RelayUnderTest, request } from '#test/data-plane/relay-under-test.js';
import { transports } from '#test/data-plane/worker-under-test.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { drainedBytes } from '../workers/give-up-body.js';
import type { MediaRelay } from './media-relay.js';
import type { RelayRequest } from './relay-request.js';

jest.setTimeout(60_000);

/** Several times what the system takes for a connection that nobody reads from. */
const media = randomBytes(48_000_000);
/** Connections of the gateway to one worker. */
const connections = 4;
const asked = (range: string | undefined): RelayRequest =>
  request({ media: { method: 'GET', contentType: 'audio/mpeg', ...(range === undefined ? {} : { range }) } });

let tested: RelayUnderTest;
beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0));
afterEach(async () => {
  jest.restoreAllMocks();
  await tested.stop();
});

const openAnswers = (): number => tested.workers.reduce((sum, worker) => sum + worker.openAnswers, 0);
const resumed = async (): Promise<number> => (await tested.metrics.resumedPlaybacks.get()).values[0]?.value ?? 0;

/** More looks than fit into the rest between two windows. */
const quietLooks = 20;

/** Nobody is asked, and nobody sends, for as many looks. */
async function workersAreLetGo(): Promise<void> {
  const requests = (): number => tested.workers.reduce((sum, worker) => sum + worker.requests.length, 0);
  let [quiet, before] = [0, 0];
  await waitFor('the workers to be let go', () => {
    quiet = requests() > 0 && requests() === before && openAnswers() === 0 ? quiet + 1 : 0;
    before = requests();
    return quiet >= quietLooks;
  });
}

/** Takes nothing until the workers are let go, then what `then` does, then all the rest. */
const stalling =
  (then: () => Promise<void> | void = () => undefined) =>
  async (answer: IncomingMessage): Promise<Buffer> => {
    await workersAreLetGo();
    await then();
    return buffer(answer);
  };

describe.each(transports)('a player that takes nothing for a while, over %s', transport => {
  beforeAll(async () => (tested = await RelayUnderTest.create(transport)));

  it.each([undefined, 'bytes=0-', 'bytes=0-99999999'])('keeps no worker, and then has every byte: %s', async range => {
    const before = await resumed();
    let asksBefore = 0;
    const { body, failure, outcome } = await tested.play(
      await tested.over([{ media }]),
      asked(range),
      stalling(() => void (asksBefore = tested.workers[0]!.requests.length)),
    );
    expect(failure).toBeUndefined();
    expect(outcome).toMatchObject({ status: 200 });
    expect(body.equals(media)).toBe(true);
    // If it stalls again, what is left lying is read to its end, and the connection kept.
    const [next] = tested.workers[0]!.requests.slice(asksBefore);
    expect(next?.window).toBeLessThanOrEqual(drainedBytes);
    // No worker has failed.
    expect(await resumed()).toBe(before);
  });

  it('leaves its connections to others, however many there are of it', async () => {
    const relay: MediaRelay = await tested.over([{ media }]);
    let finished = (): void => undefined;
    const others = new Promise<void>(resolve => (finished = resolve));
    const stalled = Array.from({ length: connections * 2 }, (_, index) =>
      tested.play(relay, asked(index % 2 === 0 ? undefined : 'bytes=0-'), async answer => {
        await others;
        return buffer(answer);
      }),
    );
    const quick = await tested.play(relay, asked(undefined));
    expect(quick.failure).toBeUndefined();
    expect(quick.body.equals(media)).toBe(true);
    finished();
    for (const { body, failure } of await Promise.all(stalled)) {
      expect(failure).toBeUndefined();
      expect(body.equals(media)).toBe(true);
    }
  });
});

/** One that is called ends with its gateway. */
describe.each(transports.filter(transport => transport !== 'a call'))('a player that paused, over %s', transport => {
  beforeAll(async () => (tested = await RelayUnderTest.create(transport)));

  it('goes on with another worker when its own has gone, and waits for one when there is none', async () => {
    const [first, second] = [{ media }, { media }];
    const { body, failure } = await tested.play(
      await tested.over([first, second]),
      asked(undefined),
      stalling(() => tested.workers[0]!.close()),
    );
    expect(failure).toBeUndefined();
    expect(body.equals(media)).toBe(true);
    expect(tested.workers[1]!.requests.length).toBeGreaterThan(0);
    await tested.stop();

    const alone = await tested.play(
      await tested.over([{ media }], { maxWaitMs: 30_000 }),
      asked(undefined),
      stalling(async () => {
        const [worker] = tested.workers;
        await worker!.goAway();
        setTimeout(() => void worker!.comeBack(), 1000);
      }),
    );
    expect(alone.failure).toBeUndefined();
    expect(alone.body.equals(media)).toBe(true);
  });
});
