import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { workDirectory } from '#test/cluster/work-directory.js';
import { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { countInTier } from '#test/tier.js';
import { propertyRun } from '../../properties/world/property-run.js';
import { KillInTheMiddle, type KilledCluster } from './kill-in-the-middle.js';

/** So often all gateways are killed: whoever watches the first one starts it again five times. */
const killsOfAll = 4;
/** After so many kills all recordings are looked at. */
const checkEvery = 200;
/** A receiver answers after up to so long, so that hand-overs are under way when somebody is killed. */
const slowReceiverMs = 400;

/**
 * Defines the test.
 * @param prepare starts what the cluster needs, and answers its configuration
 * @param options whether recordings are handed over to an interaction receiver
 */
export function killGateways(
  kills: number,
  prepare: () => Promise<Omit<KilledCluster, 'receiver'>>,
  { handsOver = true }: { readonly handsOver?: boolean } = {},
): void {
  jest.setTimeout(600_000 + kills * 60_000);
  // The long run is another one each time.
  if (countInTier(0, 0, 1) === 1) process.env.RCS_PROPERTY_SEED ??= String(randomInt(2 ** 31));
  const { seed } = propertyRun('killed gateways');
  const work = workDirectory('rcs-killed-gateways-');
  let receiver: InteractionReceiver;
  let killing: KillInTheMiddle;

  beforeAll(async () => {
    receiver = await InteractionReceiver.start(join(work, 'receiver-ca.pem'));
    receiver.answersWithinMs = slowReceiverMs;
    killing = await KillInTheMiddle.start(seed, work, { ...(await prepare()), ...(handsOver ? { receiver } : {}) });
  });

  afterAll(async () => {
    await killing?.stop();
    receiver?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  it(`killed ${kills} times in the middle, gateways lose nothing, revive nothing and leave nothing half`, async () => {
    const isOfAll = (round: number): boolean => round % Math.ceil(kills / killsOfAll) === 0;
    for (let round = 0; round < kills; round++) {
      await killing.round(isOfAll(round));
      if ((round + 1) % checkEvery === 0) await killing.checkAll();
    }
    await killing.end();
  });
}
