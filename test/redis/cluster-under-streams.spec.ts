import { SecuredCluster } from '#test/redis/secured-cluster.js';
import { HeldStreams } from './held-streams.js';

jest.setTimeout(300_000);

describe('fifty streams of two gateways over a Redis Cluster', () => {
  let redis: SecuredCluster;
  let held: HeldStreams;

  beforeAll(async () => {
    redis = await SecuredCluster.start(1);
    held = await HeldStreams.start(redis.environment);
  });

  afterAll(async () => {
    await held?.stop();
    await redis?.stop();
  });

  it('go on when the primary that has a session is killed, and the session is there at its replica', async () => {
    const browser = await held.loggedIn('alice');
    const primary = redis.primaryWith('rcs:session:*');
    await held.hold(async () => {
      await primary.stop();
      await redis.takesOverFrom(primary);
      await held.sessionComesBack(browser);
    });
    expect((await browser.send('/api/v2/me')).status).toBe(200);
  });
});
