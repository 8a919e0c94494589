import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { say } from '../../properties/world/property-run.js';
import { Random } from '../../properties/world/random.js';
import { FinalChecks } from './final-checks.js';
import type { RecipientRow } from './kept-counts.js';
import type { LeftRows } from './left-rows.js';
import { OperatorChecks } from './operator-checks.js';
import { media, RecordingLives, type Life } from './recording-lives.js';
import { makeStoredForms, type StoredForm } from './stored-forms.js';

const repository = join(__dirname, '../../..');
/** Acts at once, in the middle of which somebody is killed. */
const insertionsAtOnce = 5;
const removalsAtOnce = 2;
const shortLivedShare = 0.4;
/** After so many of the kills rules of retention change. */
const purgedShare = 0.25;
/** Of earlier rounds, looked at again in each. */
const looks = 4;
const victimNames = ['the-second', 'the-third', 'the-fourth'];
const gateways = ['the-first', ...victimNames];
const startsAtMost = 5;
/** Beyond the time that orders in Cassandra are kept from others. */
const endMs = 240_000;

const checkpointsOf = (work: string, gateway: string): string => join(work, `checkpoints-of-${gateway}.jsonl`);

/** Like whoever watches it: a gateway that gives up, because its store does not answer in time, is started again. */
async function started(gateway: SecondGateway): Promise<void> {
  for (let attempt = 1; attempt < startsAtMost; attempt++) {
    try {
      await gateway.again();
      return;
    } catch (error) {
      say(`killed gateways: ${String(error)}`);
    }
  }
  return gateway.again();
}

/** A gateway that is killed, and starts again while another one is killed. */
interface Victim {
  readonly gateway: SecondGateway;
  /** Until it is there again. */
  starting: Promise<void>;
}

/** What a cluster runs on, and what it is asked for. */
export interface KilledCluster {
  readonly environment: Readonly<Record<string, string>>;
  readonly receiver?: InteractionReceiver;
  /** What its databases have, of all recordings. */
  readonly leftRows: (dataDirectory: string) => Promise<LeftRows> | LeftRows;
  /** What they have of the recipients of recordings; absent where nobody counts them. */
  readonly recipients?: (dataDirectory: string) => Promise<readonly RecipientRow[]> | readonly RecipientRow[];
}

/**
 * Insertions, deletions, erasures, expiries and hand-overs of a cluster of four gateways, of which three in turn are killed
 * (SIGKILL) at random moments, now and then all. Nothing acknowledged is lost, nothing removed comes back, no half remains.
 */
export class KillInTheMiddle {
  private kills = 0;
  private purgesCut = 0;
  /** The moment of a kill is anywhere in this time after the acts began: so long that half of the acts are over by then. */
  private windowMs = 400;
  private next = 0;
  /** Rules have changed: whoever starts now, or looks next, applies them. */
  private purges = false;

  private constructor(
    private readonly cluster: RunningCluster,
    private readonly victims: readonly Victim[],
    private readonly lives: RecordingLives,
    private readonly forms: readonly StoredForm[],
    private readonly random: Random,
    private readonly work: string,
    private readonly killed: KilledCluster,
  ) {}

  static async start(seed: number, work: string, killed: KilledCluster): Promise<KillInTheMiddle> {
    const { receiver, environment } = killed;
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
      // Whoever dies while it looks at a password leaves an attempt that counts as failed until its window is over.
      RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{ failuresPerUser: 10000, failuresPerAddress: 100000 }',
      ...receivers,
    });
    const cluster = await startCluster(repository, join(work, 'data'), configured('the-first'));
    const victims: Victim[] = [];
    for (const name of victimNames) {
      const gateway = await startSecondGateway(repository, cluster.ready, configured(name), name);
      victims.push({ gateway, starting: Promise.resolve() });
    }
    const lives = new RecordingLives(cluster, receiver, work);
    const forms = await makeStoredForms(media, cluster.ready.certificates[0]!.file, work);
    return new KillInTheMiddle(cluster, victims, lives, forms, new Random(seed), work, killed);
  }

  /**
   * Some acts at once, a kill in the middle of them, and what is left of it.
   * @param ofAll all gateways are killed, so that nobody is left who takes over what is cut off
   */
  async round(ofAll: boolean): Promise<void> {
    const { random, lives } = this;
    const hasPurged = this.purges;
    const victim = await this.victim();
    if (ofAll) await Promise.all(this.victims.map(({ starting }) => starting));
    lives.gateway = victim.gateway.url;
    const young: Life[] = [];
    for (let count = 0; count < insertionsAtOnce; count++)
      young.push(await lives.begin(random.chance(shortLivedShare), random.pick(this.forms)));
    const leaving = random.sample(lives.with('inserted'), removalsAtOnce);
    const cutBefore = lives.counts.cut;
    const acts = [
      ...young.map(life => lives.insert(life)),
      ...leaving.map(life =>
        random.pick([() => lives.remove(life), () => lives.erase(life), () => lives.forget(life)])(),
      ),
    ];
    await sleep(random.below(this.windowMs));
    await this.kill(ofAll ? this.victims : [victim], ofAll);
    await Promise.all(acts);
    const isLate = lives.counts.cut - cutBefore < acts.length / 2;
    this.windowMs = Math.round(this.windowMs * (isLate ? 0.95 : 1.05));
    lives.gateway = lives.survivor;
    if (hasPurged) await this.lookAtPurge();
    this.purges = random.chance(purgedShare);
    if (this.purges) await lives.retain(random.chance(0.8));
    for (const life of [...young, ...leaving, ...random.sample(lives.all, looks)]) await lives.check(life);
    for (const life of young) if (life.fate === 'asked for') await lives.insert(life);
    // The others come to their end by themselves.
    for (const life of leaving.filter(({ fate }) => fate === 'leaving' && random.chance(0.5)))
      await (life.person === undefined ? lives.remove(life) : lives.forget(life));
  }

  /** The next one to be killed: where rules have changed it is the one that starts, which applies them when it does. */
  private async victim(): Promise<Victim> {
    const { victims } = this;
    if (!this.purges) this.next = (this.next + 1) % victims.length;
    const victim = victims[this.next]!;
    await victim.starting;
    return victim;
  }

  private async lookAtPurge(): Promise<void> {
    const { gone, there } = await this.lives.expired();
    if (gone > 0 && there > 0) this.purgesCut++;
  }

  private async kill(victims: readonly Victim[], withTheFirst: boolean): Promise<void> {
    if (withTheFirst) process.kill(processIdOf('playback-gateway', this.cluster.ready.dataDir), 'SIGKILL');
    await Promise.all(victims.map(({ gateway }) => gateway.kill()));
    for (const victim of victims) {
      this.kills++;
      victim.starting = started(victim.gateway);
      // Whoever waits for it hears of it.
      victim.starting.catch(() => undefined);
    }
  }

  async checkAll(): Promise<void> {
    await this.lives.checkAll();
    const { lives, kills, purgesCut, windowMs } = this;
    const fates = (['inserted', 'leaving', 'removed'] as const).map(fate => `${lives.with(fate).length} ${fate}`);
    const purges = `${purgesCut} purges cut in the middle`;
    say(
      `killed gateways: ${kills} kills within ${windowMs} ms; ${String(lives.counts)}; ${purges}; ${fates.join(', ')}`,
    );
  }

  /** What was cut off comes to its end without another request: then each is whole, or gone with all that it had. */
  async end(): Promise<void> {
    const { lives, victims } = this;
    await Promise.all(victims.map(({ starting }) => starting));
    lives.gateway = victims[0]!.gateway.url;
    await waitFor('rules to end', () => lives.retain(false));
    await this.until('asked for', life => lives.insert(life));
    await waitFor('rules to hold', () => lives.retain(true));
    await this.until('leaving', life => lives.leave(life));
    await this.checkAll();
    const checks = new FinalChecks(lives, this.killed.receiver);
    await checks.storedFiles();
    const again = await checks.handOvers();
    const forgotten = await checks.forgotten();
    const { leftRows, recipients } = this.killed;
    const { dataDir, recordings } = this.cluster.ready;
    await checks.rows(() => leftRows(dataDir), recordings);
    if (recipients !== undefined) await checks.counts(() => recipients(dataDir), recordings.length);
    say(`killed gateways: ${forgotten} people forgotten, ${again} recordings handed over again`);
    const operator = new OperatorChecks(this.cluster, this.killed.environment);
    await operator.store();
    await operator.audit(gateways.map(gateway => checkpointsOf(this.work, gateway)));
  }

  /** Asks again for each of this fate, until there is none: what somebody began in Cassandra is another one's after two minutes. */
  private async until(fate: Life['fate'], ask: (life: Life) => Promise<void>): Promise<void> {
    const { lives } = this;
    await waitFor(
      `nothing to be ${fate} any more`,
      async () => {
        for (const life of lives.with(fate)) await ask(life);
        return lives.with(fate).length === 0;
      },
      { patienceMs: endMs, pollMs: 2000 },
    );
  }

  async stop(): Promise<void> {
    this.lives.end();
    for (const { gateway, starting } of this.victims) {
      await starting.catch(() => undefined);
      await gateway.stop();
    }
    await this.cluster.stop();
  }
}
