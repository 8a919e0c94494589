import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { processIdOf } from '#test/cluster/process-id.js';
import { isReady } from '#test/cluster/management-page.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import type { Random } from '../world/random.js';

const disturbances = ['vault', 'worker', 'gateway', 'clock'] as const;
export type Disturbance = (typeof disturbances)[number];

const services = ['key-vault', 'decrypt-worker-1', 'decrypt-worker-2', 'playback-gateway'] as const;
const longestWaitMs = 120_000;
const day = 86_400_000;

/** What happens to all contact centers at once: processes end and begin again, clocks are set. */
export class Disturbances {
  private readonly working = new Set<Promise<unknown>>();
  private disturbing: Promise<void> | undefined;
  private offsetMs = 0;

  constructor(
    private readonly cluster: PropertyCluster,
    private readonly clockFile: string,
    private readonly random: Random,
  ) {}

  /** Does the work while nothing is being disturbed. */
  readonly undisturbed = async <T>(work: () => Promise<T>): Promise<T> => {
    await this.quiet();
    const done = work();
    const settled = done.catch(() => undefined);
    this.working.add(settled);
    try {
      return await done;
    } finally {
      this.working.delete(settled);
    }
  };

  /** Waits for what is under way, disturbs, and waits until everything is ready again. */
  async disturb(): Promise<Disturbance> {
    let over = (): void => undefined;
    await this.quiet();
    this.disturbing = new Promise(resolve => (over = resolve));
    try {
      await Promise.all(this.working);
      const what = this.random.pick(disturbances);
      if (what === 'clock') await this.moveClock();
      else await this.restart(what);
      return what;
    } finally {
      this.disturbing = undefined;
      over();
    }
  }

  /** Of those who waited for the end of one, another may have begun the next. */
  private async quiet(): Promise<void> {
    while (this.disturbing !== undefined) await this.disturbing;
  }

  /** Forward by weeks, and now and then back a little. */
  private async moveClock(): Promise<void> {
    this.offsetMs += this.random.chance(0.8) ? this.random.below(9 * day) : -this.random.below(day / 4);
    this.offsetMs = Math.max(0, Math.min(this.offsetMs, 60 * day));
    // In one step: who read it half written would go by no offset at all.
    writeFileSync(`${this.clockFile}.new`, String(this.offsetMs));
    renameSync(`${this.clockFile}.new`, this.clockFile);
    const all = [...services, ...this.cluster.otherGateways];
    const processes = all.map(service => processIdOf(service, this.cluster.ready.dataDir));
    await this.until('a clock does not move', () => processes.every(id => this.clockOf(id) === this.offsetMs));
  }

  private clockOf(processId: number): number | undefined {
    try {
      return Number(readFileSync(`${this.clockFile}.${processId}`, 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** The quickstart starts again what ended. */
  private async restart(what: 'vault' | 'worker' | 'gateway'): Promise<void> {
    const { management, dataDir } = this.cluster.ready;
    const [service, url] = {
      vault: ['key-vault', management.vault],
      worker: ['decrypt-worker-1', management.workers[0]!],
      gateway: ['playback-gateway', management.gateway],
    }[what] as [string, string];
    const former = processIdOf(service, dataDir);
    process.kill(former, this.random.pick(['SIGTERM', 'SIGKILL']));
    await this.until(
      `${service} does not come back`,
      async () => processIdOf(service, dataDir) !== former && (await this.areReady(url, ...this.cluster.gateways)),
    );
  }

  private async areReady(...urls: readonly string[]): Promise<boolean> {
    return (await Promise.all(urls.map(isReady))).every(Boolean);
  }

  private async until(otherwise: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + longestWaitMs;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(otherwise);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
