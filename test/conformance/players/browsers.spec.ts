import { countInTier } from '#test/tier.js';
import { Chromium } from './chromium.js';
import { Firefox } from './firefox.js';
import { listen, type Heard } from './listening.js';
import { cellsOf } from './matrix.js';
import type { MediaBrowser } from './media-browser.js';
import { longMedium, type Medium } from './media.js';
import { Stage, type Address } from './stage.js';
import { storedForms } from './stored-forms.js';

jest.setTimeout(300_000);

const names = ['Chromium', 'Firefox'] as const;
const clientIdleTimeoutMs = 2000;
/** No browser plays these, from whatever server. */
const unplayable = ['gsm.wav', 'mpeg-4.avi'];
let stage: Stage;
let browsers: readonly MediaBrowser[];

beforeAll(async () => {
  stage = await Stage.start({ RCS_SERVER_SETTINGS__CLIENT_IDLE_TIMEOUT_MS: String(clientIdleTimeoutMs) });
  browsers = [await Chromium.start(stage.directory('chromium')), await Firefox.start(stage.directory('firefox'))];
});
afterAll(async () => {
  await Promise.all(browsers?.map(browser => browser.close()) ?? []);
  await stage?.stop();
});

async function heard(browser: string, { url }: Address, medium: Medium, pauseMs = 0): Promise<Heard> {
  const page = await started(browser).open(`${stage.nginxOrigin}/page.html`);
  try {
    const outcome = await page.run(listen, { source: url, picture: medium.picture, pauseMs, waitMs: 60_000 });
    return medium.saysDuration ? outcome : withoutPlaces(outcome);
  } finally {
    await page.close();
  }
}

/** Where the browser guesses the duration, places are guesses, too. */
const withoutPlaces = ({ error, steps }: Heard): Heard => ({
  ...(error === undefined ? {} : { error }),
  steps: steps.filter(step => !/^(at|starts again)/.test(step)),
});

function started(browser: string): MediaBrowser {
  const found = browsers.find(({ name }) => name === browser);
  if (found === undefined) throw new Error(`no browser ${browser}`);
  return found;
}

/** Of an element whose file the browser does not know how to decode: MEDIA_ERR_SRC_NOT_SUPPORTED. */
const notSupported: Heard = { error: 4, steps: [] };
const cells = cellsOf(names).map(cell => ({ ...cell, name: cell.medium.name }));

it.each(cells)('$player: $name, $form, is heard as from nginx', async ({ player, medium, form }) => {
  const [right, ours] = await Promise.all([
    heard(player, await stage.inNginx(medium), medium),
    heard(player, await stage.inGateway(medium, form), medium),
  ]);
  expect(ours).toEqual(right);
  if (unplayable.includes(medium.name)) expect(right).toEqual(notSupported);
  else expect(right.steps).toContain('ended');
});

/** Once round all forms, whoever plays them. */
const longCells = names.flatMap((player, place) =>
  storedForms.slice(place, place + countInTier(1, 1, storedForms.length)).map(form => ({ player, form })),
);

it.each(longCells)('$player plays on after a pause longer than the server waits: $form', async ({ player, form }) => {
  const address = await stage.inGateway(longMedium, form);
  const { steps } = await heard(player, address, longMedium, 3 * clientIdleTimeoutMs);
  expect(steps).toEqual([
    'plays',
    ...['at 80 %', 'at 10 %', 'at 50 %', 'at 25 % after ten seeks'],
    ...['plays twice as fast', 'plays on after a pause', 'plays after a seek after a pause'],
    ...['ended', 'starts again'],
  ]);
});
