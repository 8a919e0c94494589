import { randomBytes } from 'node:crypto';
import type { RedisConnection } from '#platform';
import { flush, redisLayouts, RedisUnderTest } from '#test/redis/redis-under-test.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { ReplayGuard } from './replay-guard.js';

describe.each(redisLayouts)(`${ReplayGuard.name} (%s)`, layout => {
  const secret = randomBytes(32);
  let server: RedisUnderTest;

  beforeAll(async () => {
    server = await RedisUnderTest.start(layout, '');
  });
  afterAll(() => server.stop());

  /** The guard of one gateway: a connection of its own, and the keys of the store. */
  async function ofGateway(): Promise<{ guard: ReplayGuard; redis: RedisConnection }> {
    const redis = await server.connect();
    return {
      guard: new ReplayGuard(new RedisGate(redis), { timestampSkewSeconds: 60 }, new GatewayKeys(secret)),
      redis,
    };
  }
  let nonces = 0;
  const request = () => ({ id: 'genesys', owner: 'cc-1', ts: '1700000000', nonce: `n${++nonces}` });

  it('lets a request in once, whichever gateway it comes to', async () => {
    const gateways = [await ofGateway(), await ofGateway()];
    const sent = request();
    const verdicts = await Promise.all([...gateways, ...gateways].map(({ guard }) => guard.isFirst(sent)));
    expect(verdicts.filter(Boolean)).toHaveLength(1);
    const [one, other] = gateways;
    expect([await one?.guard.isFirst(request()), await other?.guard.isFirst(request())]).toEqual([true, true]);
  });

  it('tells requests of one id apart by whose credential signed them', async () => {
    const { guard } = await ofGateway();
    const sent = request();
    expect(await guard.isFirst(sent)).toBe(true);
    expect(await guard.isFirst({ ...sent, owner: 'cc-2' })).toBe(true);
  });

  it('lets none in that cannot be known to be the first', async () => {
    const { guard, redis } = await ofGateway();
    redis.disconnect();
    await expect(guard.isFirst(request())).rejects.toMatchObject({
      code: 'RCS_SESSION_UNAVAILABLE',
      publicDetail: 'signed requests cannot be taken now, sign another one later',
    });
  });

  it('whoever deletes from Redis gains one more at each other gateway, and none here', async () => {
    const [here, other] = [await ofGateway(), await ofGateway()];
    const sent = request();
    const again = async (guard: ReplayGuard): Promise<boolean> => {
      await flush(here.redis);
      return guard.isFirst(sent);
    };
    expect([await again(here.guard), await again(here.guard)]).toEqual([true, false]);
    expect([await again(other.guard), await again(other.guard)]).toEqual([true, false]);
  });
});
