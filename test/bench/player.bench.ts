import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { startChromium } from '../e2e/chromium.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { playerBundle } from '../support/console-bundle.js';
import { insertEncrypted, insertEncryptedFile } from './bench-media.js';
import { consoleBars, type ConsoleBar } from './console-bars.js';
import { timeConsole, type ConsoleTimes } from './console-player.js';
import { startNginxFiles } from './nginx-files.js';
import { makePlayerMedia, repeatVideo, type PlayerMedia } from './player-media.js';
import { timePlayer, type PlayerTimes } from './player-times.js';
import { quartiles, type Quartiles } from './statistics.js';
import { ticketUrl } from './ticket-url.js';

/** Both sides are played so often, in turn, after one time each that is not counted; single ones differ by a factor of three. */
const defaultRounds = 20;

interface Row {
  readonly name: string;
  readonly what: 'first' | 'seek';
  /** Milliseconds. */
  readonly ours: Quartiles;
  readonly yardstick: Quartiles;
  /** Of the medians. */
  readonly ratio: number;
  readonly bar: number;
}

/** The player of the console needs the same for each recording; so few show it. */
const consoleRounds = 5;
const repetitionsToGigabyte = 12;

/**
 * First sound and seek in a real browser: decrypted by the cluster, beside nginx over the same files in clear. Both sides
 * speak HTTP/1.1 over TLS 1.3, and the browser makes the same requests of both, each over a new connection.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(defaultRounds) },
      // The console alone.
      console: { type: 'boolean', default: false },
      // Without the screen recording of a gigabyte, which takes some minutes and two gigabytes of disk.
      small: { type: 'boolean', default: false },
    },
  });
  const rounds = Math.max(3, Number(values.rounds));
  const work = mkdtempSync(join(tmpdir(), 'rcs-bench-player-'));
  const files = join(work, 'files');
  mkdirSync(files);
  const media = makePlayerMedia(files);
  const cluster = await startCluster(process.cwd(), join(work, 'data'), { RCS_LOGGING__LEVEL: 'warn' });
  try {
    const nginx = await startNginxFiles(join(work, 'nginx'), files);
    const browser = await startChromium(work);
    try {
      const rows: Row[] = [];
      if (values.console)
        for (const file of media) await insertEncrypted(cluster.ready, file.name, readFileSync(file.file), file);
      else for (const file of media) rows.push(...(await measure(file, browser, cluster.ready, nginx.url, rounds)));
      const inConsole = await measureConsole(browser, cluster.ready, media, values.small ? undefined : files);
      const bundle = playerBundle(join(process.cwd(), 'dist/console'));
      const bars = consoleBars(inConsole, demoCallOf(cluster.ready), bundle);
      report(rows, inConsole, bars, values.json);
    } finally {
      await browser.close();
      await nginx.stop();
    }
  } finally {
    await cluster.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

async function measure(
  media: PlayerMedia,
  browser: Browser,
  ready: ReadyLine,
  nginxUrl: string,
  rounds: number,
): Promise<readonly Row[]> {
  await insertEncrypted(ready, media.name, readFileSync(media.file), media);
  const sides = {
    ours: async () => timePlayer(browser, await ticketUrl(ready, media.name)),
    yardstick: () => timePlayer(browser, `${nginxUrl}/${basename(media.file)}`),
  };
  const times: Record<keyof typeof sides, PlayerTimes[]> = { ours: [], yardstick: [] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'yardstick'] as const) : (['yardstick', 'ours'] as const);
    for (const side of order) {
      const taken = await sides[side]();
      if (round > 0) times[side].push(taken);
    }
  }
  const row = (what: 'first' | 'seek', bar: number): Row => {
    const spread = (all: readonly PlayerTimes[]): Quartiles => quartiles(all.map(taken => taken[what] ?? NaN));
    const [ours, yardstick] = [spread(times.ours), spread(times.yardstick)];
    return { name: media.name, what, ours, yardstick, ratio: ours.median / yardstick.median, bar };
  };
  return [row('first', media.firstBar), ...(media.seekBar === undefined ? [] : [row('seek', media.seekBar)])];
}

const demoCallOf = ({ recordings }: ReadyLine): string => recordings[0]?.id ?? '';

/** The demo's call, one of three hours, a screen whose index is at its end, and one of a gigabyte. */
async function measureConsole(
  browser: Browser,
  ready: ReadyLine,
  media: readonly PlayerMedia[],
  gigabyteIn: string | undefined,
): Promise<readonly ConsoleTimes[]> {
  const ids = [demoCallOf(ready), 'three-hours', 'moov-last'];
  if (gigabyteIn !== undefined) {
    const [short, long] = [
      media.find(({ name }) => name === 'moov-last')?.file ?? '',
      join(gigabyteIn, 'gigabyte.mp4'),
    ];
    repeatVideo(short, repetitionsToGigabyte, long);
    await insertEncryptedFile(ready, 'gigabyte', long, { extension: 'mp4', type: 'video/mp4' });
    ids.push('gigabyte');
  }
  const times: ConsoleTimes[] = [];
  for (const id of ids) times.push(await timeConsole(browser, ready, id, consoleRounds));
  return times;
}

function report(
  rows: readonly Row[],
  inConsole: readonly ConsoleTimes[],
  bars: readonly ConsoleBar[],
  asJson: boolean,
): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ bench: 'player', rows, console: inConsole, bars })}\n`);
    return;
  }
  for (const { name, click, seek, requests, heapBytes } of inConsole) {
    const heap = (heapBytes / 1024 / 1024).toFixed(1);
    process.stdout.write(
      `${name} in the console: from the click ${shown(click)}, seek to 80 % ${shown(seek)}, ` +
        `${requests} requests until it plays, ${heap} MiB held by its page\n`,
    );
  }
  for (const { name, value, unit, bar, isMet } of bars)
    process.stdout.write(`${isMet ? 'met' : 'MISSED'}: ${name}: ${value.toFixed(0)} ${unit} (bar ${bar})\n`);
  for (const { name, what, ours, yardstick, ratio, bar } of rows) {
    process.stdout.write(
      `${name}, ${what === 'first' ? 'first sound or picture' : 'seek to 80 %'}: ${shown(ours)}, ` +
        `nginx ${shown(yardstick)}, ratio ${ratio.toFixed(2)} (bar ${bar.toFixed(2)})\n`,
    );
  }
}

const shown = ({ lower, median: middle, upper }: Quartiles): string =>
  `${middle.toFixed(0)} ms (${lower.toFixed(0)} to ${upper.toFixed(0)})`;

main().catch((error: unknown) => {
  process.stderr.write(`bench player: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
