import { WatchedRedis } from '#test/redis/watched-redis.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { HeldStreams } from './held-streams.js';

jest.setTimeout(300_000);

describe('fifty streams of two gateways whose Redis fails over', () => {
  let redis: WatchedRedis;
  let held: HeldStreams;

  beforeAll(async () => {
    redis = await WatchedRedis.start();
    held = await HeldStreams.start(redis.environment);
  });

  afterAll(async () => {
    await held?.stop();
    await redis?.stop();
  });

  const anotherPrimaryThan = (lost: number): Promise<void> =>
    waitFor('another primary', () => ![lost, NaN].includes(redis.primaryPort));

  it('go on when the primary is killed, and a session is there at the replica', async () => {
    const browser = await held.loggedIn('alice');
    const primary = redis.primary;
    await held.hold(async () => {
      await redis.kill(primary);
      await anotherPrimaryThan(primary.port);
      await held.sessionComesBack(browser);
    });
    await redis.comeBack(primary);
    expect((await browser.send('/api/v2/me')).status).toBe(200);
  });

  it('go on when the primary hangs, also after it comes to itself', async () => {
    const browser = await held.loggedIn('bob');
    const primary = redis.primary;
    await held.hold(async () => {
      primary.signal('SIGSTOP');
      await anotherPrimaryThan(primary.port);
      await held.sessionComesBack(browser);
    });
    primary.signal('SIGCONT');
    await redis.isWhole();
    // What it took as a primary it has no more, and nobody talks to it any more.
    await answerOf(
      'the session',
      async () => (await browser.send('/api/v2/me')).status,
      status => status === 200,
    );
    expect(redis.primary.port).not.toBe(primary.port);
  });
});
