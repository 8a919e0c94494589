import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { countInTier } from '#test/tier.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { startChromium } from '../chromium.js';
import type { ConsoleWindow } from './console-page.js';
import { openRecording, place, plays, press, screensApart } from './player-page.js';
import { recordTimedScreen, toneAt, toneSeconds } from './screen-recording.js';

jest.setTimeout(1_800_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-step-'));
/** Ten minutes in the long run. */
const seconds = countInTier(60, 60, 600);
/** All ten places at each of the speeds in the long run. */
const every = countInTier(5, 5, 1);
/** So long it is left alone at twice its speed, seconds. */
const alone = countInTier(4, 8, 240);
const keys = ['4', '1', '8', '2', '6', '3', '7', 'Home', '9', '5'] as const;
/** From one to the next by keys. */
const speeds = { '1': [], '2': ['>', '>', '>'], '0.75': [',', ',', ',', ','] } as const;
const bound = 0.1;
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow | undefined;
let page: Page;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  const id = await recordTimedScreen(cluster.ready, seconds);
  browser = await startChromium(work);
  open = await openRecording(browser, cluster.ready, id);
  ({ page } = open);
  await press(page, 'k');
  await plays(page);
});
afterAll(async () => {
  await open?.context.close();
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** What is heard now: the loudest pitch, hertz. */
const pitch = (): Promise<number> =>
  page.evaluate(`(() => {
    const node = heard.outputs.at(-1);
    const levels = new Float32Array(node.frequencyBinCount);
    node.getFloatFrequencyData(levels);
    return levels.indexOf(Math.max(...levels)) * node.context.sampleRate / node.fftSize;
  })()`);
const rate = (): Promise<number> => page.evaluate(`heard.media.find(element => !element.muted).playbackRate`);

async function look(apart: number[]): Promise<void> {
  await waitFor('both to be there', () => page.evaluate(`heard.media.every(each => !each.seeking)`));
  await page.waitForTimeout(250);
  apart.push(...(await screensApart(page, [0])));
}
function judge(what: string, apart: readonly number[], least: number): void {
  const worst = Math.max(...apart);
  process.stderr.write(`${what}: ${(worst * 1000).toFixed(0)} ms from the sound at most, ${apart.length} looks\n`);
  expect(apart.length).toBeGreaterThanOrEqual(least);
  expect(apart.filter(each => each > bound)).toEqual([]);
}

describe('a screen of which each picture has its time, beside a tone', () => {
  it.each(Object.entries(speeds))('is in step wherever it goes, at speed %s', async (speed, steps) => {
    await press(page, ...steps);
    expect(await rate()).toBe(Number(speed));
    const places = keys.filter((_, index) => index % every === 0);
    const apart: number[] = [];
    for (const key of places) {
      await press(page, key);
      await look(apart);
    }
    judge(`speed ${speed}`, apart, places.length);
  });

  it('sounds as the place does that its picture shows', async () => {
    await press(page, '.');
    await press(page, '2');
    await plays(page, seconds * 0.2);
    // Not where the pitch is just changing, and after what was heard before.
    await waitFor('the middle of a tone', async () => {
      const within = ((await place(page)) ?? 0) % toneSeconds;
      return within > 3 && within < 4.2;
    });
    const [sounds, shown] = await Promise.all([pitch(), place(page)]);
    expect(Math.abs(sounds - toneAt(shown ?? 0))).toBeLessThan(50);
  });

  it('stays in step when it is left alone, or is so again a second after its machine was held up', async () => {
    await press(page, 'Home');
    await press(page, '>', '>', '>');
    const apart: number[] = [];
    for (const end = Date.now() + alone * 1000; Date.now() < end;) {
      await page.waitForTimeout(1000);
      apart.push(...(await screensApart(page, [0])));
    }
    const lost = apart.filter(each => each > bound).length;
    process.stderr.write(`left alone at ${String(await rate())}: out of step ${lost} times of ${apart.length}\n`);
    expect(apart.length).toBeGreaterThanOrEqual(Math.floor(alone / 3));
    expect(apart.filter((each, index) => each > bound && (apart[index + 1] ?? 0) > bound)).toEqual([]);
    expect(lost).toBeLessThanOrEqual(Math.max(1, apart.length * 0.05));
  });
});
