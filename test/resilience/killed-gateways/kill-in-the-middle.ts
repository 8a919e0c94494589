import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdOf } from '#test/cluster/process-id.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { CurlClient } from '../../e2e/curl-client.js';
import { say } from '../../properties/world/property-run.js';
import { Random } from '../../properties/world/random.js';
import { RecordingLives, type Life } from './recording-lives.js';

const repository = join(__dirname, '../../..');
/** Acts at once, the last of which a kill waits for at most. */
const insertionsAtOnce = 4;
const removalsAtOnce = 2;
const longestMs = 200;
/** Of earlier rounds, looked at again in each. */
const looks = 4;
const gateways = ['the-first', 'the-second', 'the-third'];

interface VerifiedAudit {
  readonly problems: readonly { readonly kind: string }[];
  readonly checkpoints: {
    readonly problems: readonly { readonly kind: string }[];
    readonly refused: readonly unknown[];
  };
}

const checkpointsOf = (work: string, gateway: string): string => join(work, `checkpoints-of-${gateway}.jsonl`);

/** A gateway that is killed, and starts again while the other one is asked. */
interface Victim {
  readonly gateway: SecondGateway;
  /** Until it is there again. */
  starting: Promise<void>;
}

/**
 * Insertions, deletions, erasures, expiries and hand-overs of a cluster of three gateways, of which two in turn are killed (SIGKILL) at random
 * moments, now and then with the third. Nothing acknowledged is lost, nothing removed comes back, no half remains.
 */
export class KillInTheMiddle {
  private constructor(
    private readonly cluster: RunningCluster,
    private readonly victims: readonly [Victim, Victim],
    private readonly lives: RecordingLives,
    private readonly random: Random,
    private readonly work: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param environment how the cluster is configured */
  static async start(
    seed: number,
    work: string,
    receiver: InteractionReceiver | undefined,
    environment: Readonly<Record<string, string>>,
  ): Promise<KillInTheMiddle> {
    const settings = { userName: 'rcs', password: 'of the receiver', timeoutMs: 5000, retryDelayMs: 200 };
    const receivers: Readonly<Record<string, string>> =
      receiver === undefined
        ? {}
        : {
            RCS_SERVER_SETTINGS__SPEECH_MINER_TRUSTED_CA: receiver.caFile,
            RCS_SERVER_SETTINGS__INTERACTION_RECEIVERS: JSON.stringify([{ url: receiver.url, ...settings }]),
          };
    const configured = (gateway: string) => ({
      ...environment,
      RCS_AUDIT__CHECKPOINT_FILE: checkpointsOf(work, gateway),
      ...receivers,
    });
    const cluster = await startCluster(repository, join(work, 'data'), configured('the-first'));
    const victim = async (name: string): Promise<Victim> => ({
      gateway: await startSecondGateway(repository, cluster.ready, configured(name), name),
      starting: Promise.resolve(),
    });
    const victims = await Promise.all([victim('the-second'), victim('the-third')]);
    const lives = new RecordingLives(cluster, receiver, new CurlClient(cluster, work));
    return new KillInTheMiddle(cluster, victims, lives, new Random(seed), work, environment);
  }

  /**
   * Some acts at once, a kill in the middle of them, and what is left of it.
   * @param ofAll all gateways but one are killed, so that few are left who take over what is cut off
   */
  async round(number: number, ofAll: boolean): Promise<void> {
    const { random, lives, victims } = this;
    const victim = victims[number % 2 === 0 ? 0 : 1];
    const survivor = victims[number % 2 === 0 ? 1 : 0];
    await victim.starting;
    lives.gateway = victim.gateway.url;
    const young: Life[] = [];
    for (let count = 0; count < insertionsAtOnce; count++) young.push(await lives.begin(random.chance(0.3)));
    const leaving = random.sample(this.with('inserted'), removalsAtOnce);
    const acts = [
      ...young.map(life => lives.insert(life)),
      ...leaving.map(life =>
        random.pick([() => lives.remove(life), () => lives.erase(life), () => lives.forget(life)])(),
      ),
      ...(random.chance(0.25) ? [lives.retain(random.chance(0.7))] : []),
    ];
    await sleep(random.below(longestMs));
    if (ofAll) process.kill(processIdOf('playback-gateway', this.cluster.ready.dataDir), 'SIGKILL');
    await victim.gateway.kill();
    await Promise.all(acts);
    victim.starting = victim.gateway.again();
    // Whoever waits for it hears of it.
    victim.starting.catch(() => undefined);
    await survivor.starting;
    lives.gateway = survivor.gateway.url;
    for (const life of [...young, ...leaving, ...random.sample(lives.all, looks)]) await lives.check(life);
    for (const life of young) if (life.fate === 'asked for') await lives.insert(life);
    for (const life of leaving)
      if (life.fate === 'leaving') await (life.person ? lives.forget(life) : lives.remove(life));
  }

  /** What was cut off comes to its end without another request: then each is whole, or gone with all that it had. */
  async end(): Promise<void> {
    const { lives, victims } = this;
    await Promise.all(victims.map(({ starting }) => starting));
    lives.gateway = victims[0].gateway.url;
    await lives.retain(false);
    for (const life of lives.all) if (life.fate === 'asked for') await lives.insert(life);
    await lives.retain(true);
    for (const life of this.with('leaving')) await (life.person === undefined ? lives.leave(life) : lives.forget(life));
    for (const life of lives.all) await lives.check(life);
    await lives.checkStoredFiles();
    await lives.checkHandOvers();
    const forgotten = await lives.checkForgotten();
    const counts = (['inserted', 'removed'] as const).map(fate => `${this.with(fate).length} ${fate}`);
    say(`killed gateways: ${lives.all.length} recordings, ${counts.join(', ')}, ${forgotten} people forgotten`);
    await this.verifyAudit();
  }

  /** Nobody changed, removed or moved a record; gateways that were killed are late, and left their last records unsealed. */
  private async verifyAudit(): Promise<void> {
    const files = gateways.map(gateway => checkpointsOf(this.work, gateway));
    const command = ['audit', 'verify', '--json', '--ca', this.cluster.ready.caFile, '--checkpoints', ...files];
    const { stdout, stderr } = await rcsctl(repository, this.cluster.ready.dataDir, command, this.environment);
    if (stdout === '') throw new Error(stderr);
    const { problems, checkpoints } = JSON.parse(stdout) as VerifiedAudit;
    const kinds = new Set([...problems, ...checkpoints.problems].map(({ kind }) => kind));
    for (const kind of ['late', 'unsealed']) kinds.delete(kind);
    expect([[...kinds], checkpoints.refused]).toEqual([[], []]);
  }

  async stop(): Promise<void> {
    for (const { gateway, starting } of this.victims) {
      await starting.catch(() => undefined);
      await gateway.stop();
    }
    await this.cluster.stop();
  }

  private with(fate: Life['fate']): Life[] {
    return this.lives.all.filter(life => life.fate === fate);
  }
}
