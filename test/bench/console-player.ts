import type { Browser, Page, Request } from 'playwright-core';
import { personOf, type ReadyLine } from '../support/cluster/running-cluster.js';
import { within } from '../support/waiting/within.js';
import { quartiles, type Quartiles } from './statistics.js';

/** What the player of the console takes for one recording. */
export interface ConsoleTimes {
  readonly name: string;
  /** Milliseconds from the click on Play to the sound or the picture. */
  readonly click: Quartiles;
  /** Milliseconds to 80 %. */
  readonly seek: Quartiles;
  /** Requests for the media until it played, the most of all rounds. */
  readonly requests: number;
  /** What these were, and what became of them. */
  readonly ranges: readonly string[];
  /** Bytes that the scripts of the page hold while it plays at 80 %, after a collection: the most of all rounds. */
  readonly heapBytes: number;
}

const waitMs = 60_000;
/** The page itself says after `waitMs` why it does not play; a page that is gone says nothing. */
const pageMs = waitMs + 5000;
const lookedAtMs = 1500;

/** In the page: when Play was clicked, and when what belongs to it was there. */
const watching = `
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.watched ??= this;
    return play.call(this);
  };
  document.addEventListener('pointerdown', () => (window.clicked = performance.now()), { capture: true });
`;
const untilItPlays = `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('it does not play: ' + JSON.stringify([window.watched?.currentTime, window.watched?.readyState, document.body.innerText]))), ${String(waitMs)});
  const look = () => {
    const element = window.watched;
    if (element !== undefined && !element.paused && !element.seeking && element.currentTime > 0) resolve(performance.now() - window.clicked);
    else requestAnimationFrame(look);
  };
  look();
})`;
const seekToMostOfIt = `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('it does not seek')), ${String(waitMs)});
  const begun = performance.now();
  window.watched.addEventListener('seeked', () => resolve(performance.now() - begun), { once: true });
  document.querySelector('section.player').dispatchEvent(new KeyboardEvent('keydown', { key: '8', bubbles: true }));
})`;

/** Plays a recording in the console so often, each time in a browser that has nothing of it. */
export async function timeConsole(
  browser: Browser,
  ready: ReadyLine,
  id: string,
  rounds: number,
): Promise<ConsoleTimes> {
  const taken: Awaited<ReturnType<typeof once>>[] = [];
  for (let round = 0; round < rounds; round++) taken.push(await once(browser, ready, id));
  const ranges = taken.map(round => round.ranges).reduce((most, asked) => (asked.length > most.length ? asked : most));
  return {
    name: id,
    click: quartiles(taken.map(({ click }) => click)),
    seek: quartiles(taken.map(({ seek }) => seek)),
    requests: ranges.length,
    ranges,
    heapBytes: Math.max(...taken.map(({ heapBytes }) => heapBytes)),
  };
}

async function once(browser: Browser, ready: ReadyLine, id: string) {
  const step = <T>(what: string, done: Promise<T>): Promise<T> => within(`${what} (${id})`, done, pageMs);
  const context = await step('a window of Chromium', browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' }));
  context.setDefaultTimeout(waitMs);
  try {
    const page = await step('a page', context.newPage());
    const media = watchMedia(page);
    await page.addInitScript(watching);
    await openRecording(page, ready, id);
    // Whoever clicks has looked at the page before.
    await page.waitForTimeout(lookedAtMs);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    const told = <T>(what: string, done: Promise<T>): Promise<T> =>
      step(what, done).catch((error: unknown) => {
        throw new Error(`${what} of ${id} after these requests: ${media.join('; ')}`, { cause: error });
      });
    const click = await told('the sound or picture', page.evaluate<number>(untilItPlays));
    const ranges = [...media];
    const seek = await told('the seek', page.evaluate<number>(seekToMostOfIt));
    return { click, seek, ranges, heapBytes: await step('a collection of garbage', heapOf(page)) };
  } finally {
    await step('the window to close', context.close());
  }
}

/** The requests for media so far, as the browser made them, and what became of each. */
function watchMedia(page: Page): string[] {
  const made: string[] = [];
  const numbers = new Map<Request, number>();
  const note = (request: Request, what: string): void => {
    const number = numbers.get(request);
    if (number !== undefined) made[number] = `${made[number] ?? ''}, ${what}`;
  };
  page.on('request', request => {
    if (/\/play\/[^/]+$/.test(new URL(request.url()).pathname))
      numbers.set(request, made.push(request.headers()['range'] ?? 'no range') - 1);
  });
  page.on('response', answer =>
    note(answer.request(), `${String(answer.status())} ${answer.headers()['content-range'] ?? ''}`),
  );
  page.on('requestfailed', request => note(request, request.failure()?.errorText ?? 'failed'));
  return made;
}

async function openRecording(page: Page, ready: ReadyLine, id: string): Promise<void> {
  await page.goto(ready.gateway);
  const { name, password } = personOf(ready, 'alice');
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('grid').waitFor();
  await page.goto(`${ready.gateway}/console#/recordings/${id}`);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
