import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyPairs } from '../media/key-pairs.js';
import type { Failure, Failures } from '../world/failures.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import type { Random } from '../world/random.js';
import { sideBySide } from '../world/side-by-side.js';
import { Disturbances } from './disturbances.js';
import { History, LostRecording } from './history.js';

export const stepsOfAHistory = 30;
const atOnce = 8;

export interface HistoriesOfAServer {
  readonly cluster: PropertyCluster;
  /** What its environment names. */
  readonly clockFile: string;
  /** One history each. */
  readonly numbers: readonly number[];
  readonly random: Random;
  readonly failures: Failures;
  /** Something is disturbed after so many steps of all histories together. */
  readonly stepsBetweenDisturbances?: number;
}

export interface HistoryCounts {
  readonly steps: number;
  readonly disturbances: number;
  readonly imports: number;
}

/** For a server whose clock is set by this file, and whose workers open again whatever plays. */
export const clockEnvironment = (clockFile: string): Record<string, string> => ({
  RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '100',
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${join(__dirname, 'moved-clock.cjs')}`,
  PROPERTY_CLOCK: clockFile,
});

/** Histories of one server, side by side, each in a contact center of its own. */
export async function historiesOn({
  cluster,
  clockFile,
  numbers,
  random,
  failures,
  stepsBetweenDisturbances = 350,
}: HistoriesOfAServer): Promise<HistoryCounts> {
  let [steps, disturbances, imports] = [0, 0, 0];
  const pairs = await KeyPairs.make(Math.max(8, Math.ceil(Math.sqrt(numbers.length * 20))));
  const names = numbers.map(number => `history-${number}`);
  const contactCenters = await cluster.addContactCenters(names, id => id);
  prepareRecorder(cluster, names);
  const disturber = new Disturbances(cluster, clockFile, random.fork());
  const { undisturbed } = disturber;
  const streams = numbers.map(() => random.fork());
  await sideBySide(contactCenters, atOnce, async (contactCenter, index) => {
    const history = new History({ cluster, contactCenter, pairs, random: streams[index]!, undisturbed });
    try {
      await undisturbed(() => history.begin());
      for (let step = 0; step < stepsOfAHistory; step++) {
        await history.step();
        if (++steps % stepsBetweenDisturbances === 0) {
          history.log.push(`disturbed: ${await disturber.disturb()}`);
          disturbances++;
        }
      }
      await history.end();
    } catch (error) {
      failures.add(failureOf(contactCenter.id, history, error));
    }
    imports += history.log.filter(line => /^import \S+ \S+: 0 /.test(line)).length;
  });
  failures.explainFrom(cluster.logs);
  return { steps, disturbances, imports };
}

/** What the command of the recorder is given. */
function prepareRecorder({ ready, work }: PropertyCluster, contactCenters: readonly string[]): void {
  for (const id of contactCenters) mkdirSync(join(work, 'recorder', id), { recursive: true });
  writeFileSync(join(work, 'recorder/ops.password'), ready.ops.password);
  writeFileSync(join(work, 'recorder/webdav.password'), ready.webdav.password);
}

function failureOf(name: string, { log }: History, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: error instanceof LostRecording ? `lost after ${error.step}: ${error.recording}` : 'broken',
    detail: `${name}: ${message}; before: ${log.slice(-4, -1).join(' | ').slice(0, 600)}`,
    ...(error instanceof LostRecording ? { requestId: error.requestId } : {}),
    files: { 'history.txt': `${log.join('\n')}\n${message}\n` },
  };
}
