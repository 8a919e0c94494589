import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, type AgentOptions } from 'node:https';
import type { ReadyLine } from '../../support/cluster/running-cluster.js';
import { insertEncrypted } from '../bench-media.js';
import { ticketUrl } from '../ticket-url.js';
import { timedRange, type TimedRange } from './timed-range.js';

/** What players do, each in its own scene; the requests of a scene have ids that begin with its name. */
export const scenes = {
  warm: '64 KiB of an open recording over a kept connection',
  connect: '64 KiB of an open recording over a new connection, as after a seek',
  cold: '64 KiB of a recording that nobody has open, over a new connection',
  start: 'an open range over a new connection, left after 256 KiB',
} as const;
export type Scene = keyof typeof scenes;

const recordingBytes = 2 * 1024 * 1024;
const rangeBytes = 64 * 1024;
const startBytes = 256 * 1024;
/** Code that has run less is not the code that a server of an hour runs. */
const warmUpRounds = 4;

/** A player that asks for ranges, over one kept connection or a new one each time. */
export class ProfiledScenes {
  private readonly recordings: string[] = [];
  private readonly ca: Buffer;
  private asked = 0;

  constructor(private readonly ready: ReadyLine) {
    this.ca = readFileSync(ready.caFile);
  }

  /** Runs all scenes so that they can be run again with code that is warm. */
  async warmUp(requests: number): Promise<void> {
    await this.record('WARM', Math.ceil(requests / warmUpRounds));
    for (let round = 0; round < warmUpRounds; round++) await this.run(requests);
    this.recordings.length = 0;
    await this.record('COLD', requests);
  }

  /** @returns the requests of each scene */
  async run(requests: number): Promise<Readonly<Record<Scene, readonly TimedRange[]>>> {
    const cold: TimedRange[] = [];
    for (const url of this.recordings) cold.push(await this.range('cold', url));
    const [open] = this.recordings;
    if (open === undefined) throw new Error('there is no recording');
    return {
      cold,
      connect: await this.repeat(requests, () => this.range('connect', open)),
      warm: await this.warmRanges(requests, open),
      start: await this.repeat(requests, () => this.range('start', open)),
    };
  }

  private async warmRanges(requests: number, url: string): Promise<readonly TimedRange[]> {
    const agent = this.agent({ keepAlive: true });
    await this.range('connect', url, agent);
    const found = await this.repeat(requests, () => this.range('warm', url, agent));
    agent.destroy();
    return found;
  }

  private async repeat(times: number, ask: () => Promise<TimedRange>): Promise<readonly TimedRange[]> {
    const found: TimedRange[] = [];
    while (found.length < times) found.push(await ask());
    return found;
  }

  private async range(scene: Scene, url: string, kept?: Agent): Promise<TimedRange> {
    const agent = kept ?? this.agent({});
    const start = scene === 'cold' ? 0 : randomInt(recordingBytes - startBytes - rangeBytes);
    const range = scene === 'start' ? `bytes=${start}-` : `bytes=${start}-${start + rangeBytes - 1}`;
    const requestId = `${scene}-${this.asked++}`;
    const leaving = scene === 'start' ? { leaveAfter: startBytes } : {};
    const found = await timedRange({ url, headers: { range }, agent, requestId, ...leaving });
    if (kept === undefined) agent.destroy();
    return found;
  }

  private agent(options: AgentOptions): Agent {
    return new Agent({ ca: this.ca, maxSockets: 1, ...options });
  }

  private async record(prefix: string, count: number): Promise<void> {
    for (let number = 0; number < count; number++) {
      await insertEncrypted(this.ready, `${prefix}${number}`, randomBytes(recordingBytes));
      this.recordings.push(await ticketUrl(this.ready, `${prefix}${number}`));
    }
  }
}
