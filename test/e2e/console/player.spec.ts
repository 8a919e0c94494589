import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { countInTier } from '#test/tier.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { startChromium } from '../chromium.js';
import { logIn, type ConsoleWindow } from './console-page.js';
import {
  listeningConsole,
  loudness,
  openRecording,
  place,
  playButton,
  plays,
  press,
  recordCall,
  screensApart,
  seeks,
  weekIndex,
  type RecordingOptions,
} from './player-page.js';
import { recordScreen } from './screen-recording.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-player-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow | undefined;
/** A call with two screens and a transcript, and one that was put through. */
let [card, complaint] = ['', ''];
const silent = 0.01;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  card = await recordCall(cluster.ready, 'WEEK0CARD1');
  complaint = await recordCall(cluster.ready, 'WEEK0COMPLAINT1');
  browser = await startChromium(work);
});
afterEach(async () => {
  await open?.context.close();
  open = undefined;
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function opened(id: string, options: RecordingOptions = {}): Promise<Page> {
  open = await openRecording(browser, cluster.ready, id, options);
  return open.page;
}

it('three clicks from the log-in to sound', async () => {
  open = await listeningConsole(browser, cluster.ready.gateway);
  const { page } = open;
  const { name, password } = personOf(cluster.ready, 'alice');
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  const buttons = [
    page.getByRole('button', { name: 'Log in' }),
    page
      .getByRole('grid', { name: 'Recordings found' })
      .getByRole('link', { name: /caller \+49/ })
      .first(),
    playButton(page),
  ];
  expect(buttons.length).toBeLessThanOrEqual(3);
  for (const button of buttons) await button.click();
  await plays(page);
  await waitFor('something to hear', async () => (await loudness(page)) > silent);
  expect(open.complaints).toEqual([]);
});

it('the first sound by keyboard alone', async () => {
  open = await listeningConsole(browser, cluster.ready.gateway);
  const { page } = open;
  const { name, password } = personOf(cluster.ready, 'alice');
  await page.getByLabel('User name').waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Recordings found' }).waitFor();
  const isInTheList = () => page.evaluate(`document.activeElement.closest('[role=row]') !== null`);
  for (let tabs = 0; tabs < 60 && !(await isInTheList()); tabs++) await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await playButton(page).waitFor();
  await page.keyboard.press('Enter');
  await plays(page);
  expect(open.complaints).toEqual([]);
});

it('goes to 80 % of the wave form, fetches ranges alone, and keeps the place in the link', async () => {
  const page = await opened(card);
  const statuses = new Set<number>();
  page.on('response', answer => {
    if (/\/play\/[^/]+\.mp3$/.test(new URL(answer.url()).pathname)) statuses.add(answer.status());
  });
  const wave = page.locator('.wave-form');
  await wave.waitFor();
  const { width = 0, height = 0 } = (await wave.boundingBox()) ?? {};
  await wave.click({ position: { x: width * 0.8, y: height / 2 } });
  await playButton(page).click();
  const { duration = 0 } = weekIndex['card'] ?? {};
  await plays(page, (duration / 1000) * 0.79);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const stopped = (await place(page)) ?? 0;
  expect(stopped).toBeLessThan(duration / 1000);
  expect([...statuses]).toEqual([206]);
  await waitFor(
    'the place in the address',
    () => Math.abs(Number(/\?t=([\d.]+)$/.exec(page.url())?.[1]) - stopped) < 0.2,
  );
  await page.reload();
  await playButton(page).click();
  await plays(page, stopped - 0.2);
});

it('has a volume for each channel: the agent speaks on the second', async () => {
  const page = await opened(card, { query: '?t=1' });
  const [first, second] = [1, 2].map(number => page.getByRole('button', { name: `Mute Channel ${String(number)}` }));
  await second!.click();
  await playButton(page).click();
  await plays(page, 1);
  expect(await loudness(page)).toBeLessThan(silent);
  await page.getByRole('button', { name: 'Unmute Channel 2' }).click();
  await first!.click();
  await waitFor('the agent', async () => (await loudness(page)) > silent);
});

it('repeats from A to B, and skips what is silent', async () => {
  const page = await opened(card);
  await page.getByRole('button', { name: /^0:05/ }).click();
  await press(page, 'a');
  await page.getByRole('button', { name: /^0:10/ }).click();
  await press(page, 'a');
  await page.getByRole('button', { name: /Loop 0:05 to 0:10/ }).waitFor();
  await press(page, '>', '>', '>', '>', '>', 'k');
  await plays(page, 5);
  const before = await seeks(page);
  await waitFor('the second time', async () => (await seeks(page)) >= before + 2);
  expect(await place(page)).toBeLessThan(11);
  await press(page, 'a');
  await page.getByRole('button', { name: 'Loop: set A' }).waitFor();
  // Where the recording was paused it is silent for six seconds.
  await page.getByRole('button', { name: /^0:10/ }).click();
  await page.locator('.player').getByText('Skip silence', { exact: true }).click();
  const places: number[] = [];
  await waitFor('what comes after the pause', async () => {
    places.push((await place(page)) ?? 0);
    return places.at(-1)! > 20;
  });
  expect(places.filter(each => each > 14.5 && each < 19)).toEqual([]);
});

it('plays a call that was put through as one, and shows pauses', async () => {
  const page = await opened(complaint);
  await page.getByText('/ 0:29').waitFor();
  await press(page, '5');
  await press(page, '>', '>', '>', '>', '>', 'k');
  await waitFor('the end of both', async () => /^0:29/.test(await page.locator('.slider.place output').innerText()));
  await page.goto(`${cluster.ready.gateway}/console#/recordings/${card}`);
  await page.getByText('Paused from 0:13 to 0:19').waitFor();
});

it('keeps screens within 100 ms of the sound, wherever it goes and however fast it is', async () => {
  const page = await opened(card);
  const begins = (weekIndex['card']?.screens ?? []).map(({ from }) => from / 1000);
  await press(page, 'k');
  await plays(page);
  const apart: number[] = [];
  const keys = ['4', '1', '8', '2', '6', '3', '7', 'Home', '5', '2'];
  const speeds = [[], ['>', '>', '>'], [',', ',', ',', ',', ',']];
  // Ten places in all; in the long run ten at each speed.
  const turns = countInTier(3, 3, 1);
  // Decoders beside other tests are late now and then, and catch up; the long run has the machine for itself.
  const busyMs = countInTier(2000, 2000, 0);
  const inStepSeconds = 0.1;
  let turn = 0;
  for (const speed of speeds) {
    await press(page, ...speed);
    for (const [index, key] of keys.entries()) {
      if (index % turns !== turn % turns) continue;
      await press(page, key);
      await waitFor('both to be there', () => page.evaluate(`heard.media.every(each => !each.seeking)`));
      await new Promise(resolve => setTimeout(resolve, 250));
      const look = (): Promise<number[]> => screensApart(page, begins);
      const isInStep = (found: readonly number[]): boolean => found.every(each => each <= inStepSeconds);
      apart.push(...(await answerOf('screens', look, isInStep, { patienceMs: busyMs }).catch(look)));
    }
    turn++;
  }
  const worst = Math.max(...apart);
  process.stderr.write(`screens were ${(worst * 1000).toFixed(0)} ms from the sound at most, ${apart.length} looks\n`);
  expect(apart.length).toBeGreaterThanOrEqual(10);
  expect(apart.filter(each => each > inStepSeconds)).toEqual([]);
});

it('plays a screen recording without sound', async () => {
  const page = await opened(cluster.ready.recordings[1]!.id);
  await playButton(page).click();
  await plays(page, 0.5);
  expect(await page.evaluate(`document.querySelector('.screen video').videoWidth`)).toBe(640);
});

it('asks three times for a screen whose index is at its end: for its beginning, the index, and what it plays', async () => {
  const id = await recordScreen(cluster.ready);
  open = await listeningConsole(browser, cluster.ready.gateway);
  const { page } = open;
  const ranges: string[] = [];
  page.on('request', request => {
    if (new URL(request.url()).pathname.endsWith('.mp4')) ranges.push(request.headers()['range'] ?? 'everything');
  });
  await logIn(page, cluster.ready, 'alice');
  await page.goto(`${cluster.ready.gateway}/console#/recordings/${id}`);
  await waitFor('the first picture', () => page.evaluate(`document.querySelector('.screen video')?.readyState >= 2`));
  await playButton(page).click();
  await plays(page, 1);
  expect(ranges.length).toBeGreaterThan(0);
  expect(ranges.slice(3)).toEqual([]);
});
