import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Disturbances } from './disturbances.js';
import { History, LostRecording } from './history.js';
import { KeyPairs } from '../media/key-pairs.js';
import { Failures, type Failure } from '../world/failures.js';
import { PropertyCluster } from '../world/property-cluster.js';
import { propertyRun, say } from '../world/property-run.js';
import { Random } from '../world/random.js';
import { sideBySide } from '../world/side-by-side.js';

const run = propertyRun('histories');
const stepsOfAHistory = 30;
/** A server has so many contact centers; then comes another: SoftHSM opens the file of every object at each search. */
const mostOfAServer = 50;
const atOnce = 8;
/** Something is disturbed after so many steps of all histories together. */
const stepsBetweenDisturbances = 350;

/**
 * What fails until it is mended; a property that holds has none. The confirmation of "remove key" repeats the alias, and
 * does not say how many recordings came after the certificate was deleted that only this key opens.
 */
const knownFailures: readonly string[] = [];

/**
 * Histories draw on servers that come one after the other; every second one is of this half, so that two files of tests
 * share them, in lanes of their own. A run of one server is the first half.
 */
export async function halfOfTheHistories(half: 0 | 1): Promise<void> {
  const count = run.count(200, 5000);
  const servers = Math.ceil(count / mostOfAServer);
  const historiesOfAServer = Math.ceil(count / servers);
  const seeds = new Random(run.seed);
  const failures = new Failures(`histories-${half + 1}`, run.seed);
  let [own, steps, disturbances, imports] = [0, 0, 0, 0];
  for (let server = 0; server < servers; server++) {
    const random = seeds.fork();
    if (server % 2 !== half) continue;
    const done = server * historiesOfAServer;
    const histories = Array.from({ length: Math.min(historiesOfAServer, count - done) }, (_, index) => done + index);
    const result = await onOneServer(histories, random, failures);
    own += histories.length;
    steps += result.steps;
    disturbances += result.disturbances;
    imports += result.imports;
  }
  say(
    `histories: ${own} of ${stepsOfAHistory} steps, ${steps} taken, ${imports} imports, ${disturbances} disturbances, ${failures.count} failures`,
  );
  failures.check(knownFailures);
  if (own > 0) expect(imports).toBeGreaterThan(own / 20);
}

async function onOneServer(
  numbers: readonly number[],
  random: Random,
  failures: Failures,
): Promise<{ steps: number; disturbances: number; imports: number }> {
  const place = mkdtempSync(join(tmpdir(), 'rcs-clock-'));
  const clockFile = join(place, 'clock');
  const cluster = await PropertyCluster.start({
    // Whatever plays is opened again.
    RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '100',
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${join(__dirname, 'moved-clock.cjs')}`,
    PROPERTY_CLOCK: clockFile,
  });
  let [steps, disturbances, imports] = [0, 0, 0];
  try {
    const pairs = await KeyPairs.make(Math.max(8, Math.ceil(Math.sqrt(numbers.length * 20))));
    const contactCenters = await cluster.addContactCenters(
      numbers.map(number => `history-${number}`),
      id => id,
    );
    prepareRecorder(
      cluster,
      contactCenters.map(({ id }) => id),
    );
    const disturber = new Disturbances(cluster, clockFile, random.fork());
    const streams = numbers.map(() => random.fork());
    await sideBySide(contactCenters, atOnce, async (contactCenter, index) => {
      const history = new History({
        cluster,
        contactCenter,
        pairs,
        random: streams[index]!,
        undisturbed: disturber.undisturbed,
      });
      try {
        await disturber.undisturbed(() => history.begin());
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
  } finally {
    await cluster.stop();
    rmSync(place, { recursive: true, force: true });
  }
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
    files: { 'history.txt': `${log.join('\n')}\n${message}\n` },
  };
}
