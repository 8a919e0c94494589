import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { workDirectory } from '#test/cluster/work-directory.js';
import { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { propertyRun } from '../../properties/world/property-run.js';
import { KillInTheMiddle } from './kill-in-the-middle.js';

/** So often another gateway is killed with it: whoever watches that one starts it again five times. */
const killsOfAll = 4;

/**
 * Defines the test.
 * @param prepare starts what the cluster needs, and answers its configuration
 * @param options whether recordings are handed over to an interaction receiver
 */
export function killGateways(
  kills: number,
  prepare = (): Promise<Readonly<Record<string, string>>> => Promise.resolve({}),
  { handsOver = true }: { readonly handsOver?: boolean } = {},
): void {
  jest.setTimeout(120_000 + kills * 60_000);
  const { seed } = propertyRun('killed gateways');
  const work = workDirectory('rcs-killed-gateways-');
  let receiver: InteractionReceiver;
  let killing: KillInTheMiddle;

  beforeAll(async () => {
    receiver = await InteractionReceiver.start(join(work, 'receiver-ca.pem'));
    killing = await KillInTheMiddle.start(seed, work, handsOver ? receiver : undefined, await prepare());
  });

  afterAll(async () => {
    await killing?.stop();
    receiver?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  it(`killed ${kills} times in the middle, gateways lose nothing, revive nothing and leave nothing half`, async () => {
    const isOfAll = (round: number): boolean => round % Math.ceil(kills / killsOfAll) === 0;
    for (let round = 0; round < kills; round++) await killing.round(round, isOfAll(round));
    await killing.end();
  });
}
