import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../support/cluster/running-cluster.js';
import { ProfiledScenes, scenes, type Scene } from './profile/profiled-scenes.js';
import { selfTimes } from './profile/self-times.js';
import type { ServiceProfile } from './profile/service-probe.js';
import { keepProfiles, ServiceProfiles } from './profile/service-profiles.js';
import { slowTenth, stepRows, type StepRow } from './profile/step-rows.js';
import type { TimedRange } from './profile/timed-range.js';
import { median } from './statistics.js';

const defaultRequests = 60;
/** Of each service, in the report. */
const dearestPlaces = 12;

interface SceneReport {
  readonly scene: Scene;
  readonly what: string;
  readonly connection: number;
  readonly firstByte: number;
  readonly slowTenth: number;
  readonly lastByte: number;
  readonly steps: readonly StepRow[];
}

/**
 * Where the time of a playback goes: each step of warm and cold requests in gateway, worker and vault, the processor time of
 * each service by function, and its garbage collections. `--keep DIRECTORY` keeps the profiles of the processors.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      requests: { type: 'string', default: String(defaultRequests) },
      keep: { type: 'string' },
    },
  });
  const requests = Math.max(10, Number(values.requests));
  const work = mkdtempSync(join(tmpdir(), 'rcs-bench-profile-'));
  const services = new ServiceProfiles(join(work, 'profiles'));
  const environment = { RCS_LOGGING__LEVEL: 'warn', ...services.environment };
  const cluster = await startCluster(process.cwd(), join(work, 'data'), environment);
  try {
    const player = new ProfiledScenes(cluster.ready);
    await player.warmUp(requests);
    services.begin();
    const timed = await player.run(requests);
    const profiles = await services.end();
    if (values.keep !== undefined) keepProfiles(profiles, values.keep);
    const names = Object.keys(scenes) as Scene[];
    report(
      names.map(scene => sceneReport(scene, timed[scene], profiles)),
      profiles,
      values.json,
    );
  } finally {
    await cluster.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

function sceneReport(scene: Scene, timed: readonly TimedRange[], profiles: readonly ServiceProfile[]): SceneReport {
  const firstBytes = timed.map(({ connectedAt, firstByteAt }) => firstByteAt - connectedAt);
  return {
    scene,
    what: scenes[scene],
    connection: median(timed.map(({ askedAt, connectedAt }) => connectedAt - askedAt)),
    firstByte: median(firstBytes),
    slowTenth: slowTenth(firstBytes),
    lastByte: median(timed.map(({ connectedAt, lastByteAt }) => lastByteAt - connectedAt)),
    steps: stepRows(timed, profiles),
  };
}

const serviceReport = ({ role, seconds, collections, cpu }: ServiceProfile) => ({
  role,
  seconds,
  collections: collections.length,
  collectionMs: collections.reduce((sum, ms) => sum + ms, 0),
  longestCollectionMs: Math.max(0, ...collections),
  places: selfTimes(cpu).slice(0, dearestPlaces),
});

function report(found: readonly SceneReport[], profiles: readonly ServiceProfile[], asJson: boolean): void {
  const services = profiles.map(serviceReport);
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ bench: 'profile', scenes: found, services })}\n`);
    return;
  }
  const ms = (value: number): string => value.toFixed(2).padStart(8);
  const lines = found.flatMap(({ scene, what, connection, firstByte, slowTenth: slow, lastByte, steps }) => [
    `${scene}: ${what}`,
    `  connection ${ms(connection)}, then first byte ${ms(firstByte)} (slowest tenth ${ms(slow)}), last ${ms(lastByte)} ms`,
    '    begins    takes slow tenth',
    ...steps.map(({ role, name, begins, takes, slowTenth: slowest, requests }) => {
      return `  ${ms(begins)} ${ms(takes)}   ${ms(slowest)}  ${role}: ${name} (${requests})`;
    }),
  ]);
  for (const { role, seconds, collections, collectionMs, longestCollectionMs, places } of services) {
    const busy = `${collections} collections, ${collectionMs.toFixed(0)} ms, longest ${longestCollectionMs.toFixed(1)} ms`;
    lines.push(`${role}: ${seconds.toFixed(1)} s, ${busy}`);
    lines.push(...places.map(({ place, ms: spent }) => `  ${ms(spent)}  ${place}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench profile: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
