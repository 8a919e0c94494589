import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockEnvironment, historiesOn, stepsOfAHistory } from './histories-on-one-server.js';
import { Failures } from '../world/failures.js';
import { PropertyCluster } from '../world/property-cluster.js';
import { propertyRun, say } from '../world/property-run.js';
import { Random } from '../world/random.js';

const run = propertyRun('histories');
/** A server has so many contact centers; then comes another: SoftHSM opens the file of every object at each search. */
const mostOfAServer = 50;

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

async function onOneServer(numbers: readonly number[], random: Random, failures: Failures) {
  const place = mkdtempSync(join(tmpdir(), 'rcs-clock-'));
  const clockFile = join(place, 'clock');
  const cluster = await PropertyCluster.start(clockEnvironment(clockFile));
  try {
    return await historiesOn({ cluster, clockFile, numbers, random, failures });
  } finally {
    await cluster.stop();
    rmSync(place, { recursive: true, force: true });
  }
}
