import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { startChromium } from '../e2e/chromium.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted } from './bench-media.js';
import { startNginxFiles } from './nginx-files.js';
import { makePlayerMedia, type PlayerMedia } from './player-media.js';
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

/**
 * First sound and seek in a real browser: decrypted by the cluster, beside nginx over the same files in clear. Both sides
 * speak HTTP/1.1 over TLS 1.3, and the browser makes the same requests of both, each over a new connection.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: String(defaultRounds) } },
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
      for (const file of media) rows.push(...(await measure(file, browser, cluster.ready, nginx.url, rounds)));
      report(rows, values.json);
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

function report(rows: readonly Row[], asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ bench: 'player', rows })}\n`);
    return;
  }
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
