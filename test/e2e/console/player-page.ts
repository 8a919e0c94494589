import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { recordWeekCall } from '../../../apps/rcsctl/src/quickstart/week/record-week-call.js';
import { weekIndexSchema, type WeekIndex } from '../../../apps/rcsctl/src/quickstart/week/week-media.js';
import { weekPlan } from '../../../apps/rcsctl/src/quickstart/week/week-plan.js';
import { GatewayClient } from '../../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { logIn, openConsole, type ConsoleWindow } from './console-page.js';

const media = join(__dirname, '../../fixtures/demo-week');
export const weekIndex: WeekIndex = weekIndexSchema.parse(JSON.parse(readFileSync(join(media, 'index.json'), 'utf8')));

/**
 * Records a call of the demo's week in whatever contact center a file of tests has.
 * @param pem of another certificate than the contact center's own
 * @returns its id
 */
export async function recordCall(ready: ReadyLine, name: string, pem?: string): Promise<string> {
  const call = weekPlan.find(candidate => candidate.name === name);
  const [certificate] = ready.certificates;
  if (call === undefined || certificate === undefined) throw new Error(`the week has no call ${name}`);
  const { gateway: url, caFile, ops, contactCenter, webdav } = ready;
  const recorder = new GatewayClient({
    ...{ url, caPem: readFileSync(caFile, 'utf8'), userName: ops.name, password: ops.password },
  });
  const id = `${name}-${randomUUID().slice(0, 8)}`;
  const own = { alias: certificate.alias, pem: pem ?? readFileSync(certificate.file, 'utf8') };
  const target = { media, contactCenter, directory: webdav.folder, recorder, webdav, certificate: own, expired: own };
  try {
    await recordWeekCall(id, call, new Date(Date.now() - 86_400_000), weekIndex, target);
  } finally {
    await recorder.close();
  }
  return id;
}

/** Run before the page: knows the elements that play, and what is heard of them. */
const listening = `
  window.heard = { media: [], outputs: [], seeks: 0 };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!heard.media.includes(this)) {
      heard.media.push(this);
      if (!this.muted) this.addEventListener('seeked', () => heard.seeks++);
    }
    return play.call(this);
  };
  window.AnalyserNode = class extends AnalyserNode {
    constructor(...args) { super(...args); heard.outputs.push(this); }
  };
`;

const sound = `heard.media.find(element => !element.muted)`;

/** Seconds of the sound that plays; undefined before one does. */
export const place = (page: Page): Promise<number | undefined> => page.evaluate(`${sound}?.currentTime`);

export const seeks = (page: Page): Promise<number> => page.evaluate('heard.seeks');

/** The loudest sample of what is heard in half a second, channels put together. */
export const loudness = (page: Page): Promise<number> =>
  page.evaluate(`(async () => {
    const node = heard.outputs.at(-1);
    if (node === undefined) return 0;
    const samples = new Float32Array(node.fftSize);
    let level = 0;
    for (let look = 0; look < 25; look++) {
      node.getFloatTimeDomainData(samples);
      for (const sample of samples) level = Math.max(level, Math.abs(sample));
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return level;
  })()`);

/**
 * How far each screen is from the sound, in seconds, by the number of the frame that its picture has as squares: medians of
 * 300 ms. Screens that have nothing to show are left out.
 * @param begins of the screens, in seconds of the call
 */
export const screensApart = (page: Page, begins: readonly number[]): Promise<number[]> =>
  page.evaluate(`(async () => {
    const [width, height] = [640, 20];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    const frameOf = video => {
      context.drawImage(video, 0, 340, width, height, 0, 0, width, height);
      const { data } = context.getImageData(0, height / 2, width, 1);
      const bits = Array.from({ length: 32 }, (_, square) => (data[(square * 20 + 10) * 4] > 128 ? 1 : 0));
      const isRead = bits.slice(0, 16).every((bit, index) => bit !== bits[index + 16]);
      return isRead ? bits.slice(0, 16).reduce((sum, bit, index) => sum + bit * 2 ** index, 0) : undefined;
    };
    const sound = ${sound};
    const begins = ${JSON.stringify(begins)};
    const screens = [...document.querySelectorAll('.screen video')].map((video, index) => ({ video, begin: begins[index], apart: [] }));
    const end = performance.now() + 300;
    while (performance.now() < end) {
      await new Promise(resolve => requestAnimationFrame(resolve));
      for (const { video, begin, apart } of screens) {
        if (video.classList.contains('away')) continue;
        const frame = frameOf(video);
        if (frame !== undefined) apart.push(Math.abs(sound.currentTime - begin - (frame + 0.5) / 25));
      }
    }
    return screens
      .filter(({ apart }) => apart.length > 0)
      .map(({ apart }) => apart.sort((one, other) => one - other)[Math.floor(apart.length / 2)]);
  })()`);

/** A window of which it is known what is heard in it, before anybody has logged in. */
export async function listeningConsole(
  browser: Browser,
  address: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<ConsoleWindow> {
  const open = await openConsole(browser, address, options);
  await open.page.addInitScript(listening);
  await open.page.reload();
  return open;
}

/** A recording in a window of its own, for somebody of the demo. */
export async function openRecording(
  browser: Browser,
  ready: ReadyLine,
  id: string,
  { person = 'alice', query = '', address = ready.gateway, ...options }: RecordingOptions = {},
): Promise<ConsoleWindow> {
  const open = await listeningConsole(browser, address, options);
  await logIn(open.page, ready, person);
  await open.page.goto(`${address}/console#/recordings/${id}${query}`);
  await playButton(open.page).waitFor();
  return open;
}

export type RecordingOptions = NonNullable<Parameters<Browser['newContext']>[0]> & {
  readonly person?: string;
  readonly query?: string;
  /** Of a proxy. */
  readonly address?: string;
};

export const playButton = (page: Page) => page.getByRole('button', { name: 'Play', exact: true });

/** Keys, in the player. */
export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.locator('section.player').press(key);
}

/** Waits until the sound is beyond a place. */
export const plays = (page: Page, beyond = 0): Promise<void> =>
  waitFor('the sound', async () => ((await place(page)) ?? 0) > beyond);

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that is serious or critical. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{
    readonly violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[];
    // What react-aria has said to readers of the screen a moment ago; it names a button of the log-in that is gone.
  }>(`axe.run({ exclude: ['[data-live-announcer]'] })`);
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
