import { randomBytes } from 'node:crypto';
import type { ReadyLine } from '../../support/cluster/running-cluster.js';
import { startSecondGateway } from '../../support/cluster/second-gateway.js';
import { insertEncrypted } from '../bench-media.js';
import { playerFields } from '../player-credentials.js';
import type { RcloneServer } from '../rclone-server.js';
import { servicesCpuMs } from '../services-cpu.js';
import { median } from '../statistics.js';
import { runWrk } from '../wrk-load.js';
import type { Figure, SceneFigures } from './figures.js';
import { costOf, loads, type Load } from './loads.js';
import { inTurn, type Run, type Side } from './sides.js';

export interface ComparedScene {
  readonly directory: string;
  readonly ready: ReadyLine;
  readonly rclone: RcloneServer;
  readonly rounds: number;
  readonly loadSeconds: number;
}

/** The loads of whole bodies: those that are compared apart from the rest. */
const bodies = loads.filter(({ range }) => range === undefined);

/** TLS to the player on both sides, with the same certificate, key and cipher. */
export function tlsScene(scene: ComparedScene): Promise<readonly SceneFigures[]> {
  const { ready } = scene;
  return compared(scene, 'TLS to the player', { 'ours with TLS': ready }, { 'ours with TLS': () => 1 });
}

/** Gateways of the same cluster with the check of the content and without. */
export async function uncheckedScene(scene: ComparedScene): Promise<readonly SceneFigures[]> {
  const { ready } = scene;
  const environment = { RCS_SERVER_SETTINGS__ENABLE_SSL: 'false', RCS_LOGGING__LEVEL: 'warn' };
  const unchecked = await startSecondGateway(process.cwd(), ready, {
    ...environment,
    RCS_PLAYBACK__VERIFY_CONTENT: 'false',
  });
  try {
    const without = { gateway: unchecked.url, management: { ...ready.management, gateway: unchecked.management } };
    const bar = (load: Load): number => load.bars.beside;
    return await compared(
      scene,
      'content check',
      { 'ours with the check': ready, 'ours without': { ...ready, ...without } },
      { 'ours with the check': bar, 'ours without': () => 1 },
    );
  } finally {
    await unchecked.stop();
  }
}

async function compared(
  { directory, ready, rclone, rounds, loadSeconds }: ComparedScene,
  what: string,
  ours: Readonly<Record<string, ReadyLine>>,
  bars: Readonly<Record<string, (load: Load) => number>>,
): Promise<readonly SceneFigures[]> {
  const found: SceneFigures[] = [];
  for (const load of bodies) {
    const media = randomBytes(load.storedBytes);
    const name = `${what.replaceAll(' ', '-')}-${load.storedBytes}`;
    const playPath = await insertEncrypted(ready, name, media);
    const played = ({ gateway, management }: ReadyLine): Side => ({
      url: `${gateway}/api/v2${playPath}`,
      headers: playerFields(ready),
      cpuMs: () => servicesCpuMs(management),
    });
    const sides: Readonly<Record<string, Side>> = {
      ...Object.fromEntries(Object.entries(ours).map(([side, cluster]) => [side, played(cluster)])),
      rclone: { url: `${rclone.url}${rclone.put(name, media)}`, headers: {}, cpuMs: () => rclone.cpuMs() },
    };
    const runs = await inTurn(rounds, sides, async ({ url, headers, cpuMs }) => {
      const before = await cpuMs();
      const result = await runWrk(directory, { url, headers, connections: load.connections, seconds: loadSeconds });
      return { ...result, cpuMs: (await cpuMs()) - before };
    });
    found.push({ scene: `${what}, ${load.name}`, figures: figuresOf(load, runs, bars) });
  }
  return found;
}

function figuresOf(
  load: Load,
  runs: Readonly<Record<string, readonly Run[]>>,
  bars: Readonly<Record<string, (load: Load) => number>>,
): readonly Figure[] {
  const unit = load.per === 'gigabyte' ? 'CPU s/GB' : 'CPU ms';
  const costs = Object.fromEntries(
    Object.entries(runs).map(([name, all]) => [name, all.map(run => costOf(load, run))]),
  );
  const { rclone = [] } = costs;
  return [
    ...Object.entries(costs).map(([name, rounds]) => ({ what: name, value: median(rounds), unit, rounds })),
    ...Object.entries(bars).map(([name, bar]) => {
      const rounds = (costs[name] ?? []).map((cost, round) => cost / (rclone[round] ?? NaN));
      return { what: `${name} to rclone`, value: median(rounds), bar: bar(load), rounds };
    }),
  ];
}
