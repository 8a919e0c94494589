import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { bodiesScene, type BodiesOptions } from './playback/bodies-scene.js';
import { tlsScene, uncheckedScene } from './playback/compared-scene.js';
import { linesOf, type SceneFigures } from './playback/figures.js';
import { killedWorkerScene } from './playback/killed-worker-scene.js';
import { largeScene } from './playback/large-scene.js';
import { listenersScene } from './playback/listeners-scene.js';
import { RcloneServer } from './rclone-server.js';

interface SceneOptions extends BodiesOptions {
  /** At once. */
  readonly listeners: number;
}

type Scene = (options: SceneOptions) => Promise<readonly SceneFigures[]>;

/** What a playback costs, each scene in a cluster of its own; all of them take half an hour. */
const scenes: Readonly<Record<string, Scene>> = {
  bodies: bodiesScene,
  tls: options => besideRclone(options, true, (ready, rclone) => tlsScene({ ...options, ready, rclone })),
  unchecked: options => besideRclone(options, false, (ready, rclone) => uncheckedScene({ ...options, ready, rclone })),
  large: async options => [await largeScene(options)],
  'killed-worker': options =>
    besideRclone(options, false, async ready => [await killedWorkerScene({ ...options, ready })]),
  listeners: async options => [
    await listenersScene({ directory: options.directory, tls: false, count: options.listeners }),
  ],
  'tls-listeners': async options => [
    await listenersScene({ directory: options.directory, tls: true, count: options.listeners }),
  ],
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      listeners: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '4' },
      'warm-up': { type: 'string', default: '0' },
      'after-idleness': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const names = positionals.length === 0 ? Object.keys(scenes) : positionals;
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const options = {
    directory,
    rounds: Number(values.rounds),
    listeners: Number(values.listeners),
    loadSeconds: Number(values.seconds),
    warmUpRequests: Number(values['warm-up']),
    afterIdleness: values['after-idleness'],
  };
  const found: SceneFigures[] = [];
  try {
    for (const name of names) {
      const scene = scenes[name];
      if (scene === undefined) throw new Error(`which scene? ${Object.keys(scenes).join(', ')}`);
      const figures = await scene(options);
      found.push(...figures);
      if (!values.json) process.stdout.write(`${figures.flatMap(linesOf).join('\n')}\n`);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ bench: 'playback', scenes: found })}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function besideRclone(
  { directory }: BodiesOptions,
  tls: boolean,
  work: (ready: ReadyLine, rclone: RcloneServer) => Promise<readonly SceneFigures[]>,
): Promise<readonly SceneFigures[]> {
  const name = tls ? 'beside-tls' : 'beside';
  const cluster = await startCluster(process.cwd(), `${join(directory, name)}-${Date.now()}`, {
    RCS_SERVER_SETTINGS__ENABLE_SSL: String(tls),
    // Processes are found by the first line of their logs.
    RCS_LOGGING__LEVEL: 'info',
  });
  try {
    const { dataDir, webdav } = cluster.ready;
    const file = (name: string): string => join(dataDir, 'internal-tls', `public-server.${name}`);
    const identity = tls ? { certificateFile: file('pem'), keyFile: file('key') } : undefined;
    const rclone = await RcloneServer.start(join(directory, `${name}-rclone`), webdav, identity);
    try {
      return await work(cluster.ready, rclone);
    } finally {
      await rclone.stop();
    }
  } finally {
    await cluster.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench playback: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
