import { makeProxyCertificate, startDocumentedProxy, type RunningProxy } from '#test/proxies/documented-proxy.js';
import { Chromium } from './chromium.js';
import { Firefox } from './firefox.js';
import { media, type Medium } from './media.js';
import type { MediaBrowser } from './media-browser.js';
import { Stage } from './stage.js';

jest.setTimeout(300_000);

/** Three times what one user may have open at once. */
const rows = 200;
let stage: Stage;
let proxy: RunningProxy;
/** Of play URLs that need nothing else. */
let paths: readonly string[];

/** As much of a browser as the script below uses. */
interface AudioElement {
  src: string;
  preload: string;
  readonly error: { readonly message: string } | null;
  readonly readyState: number;
}
declare const document: {
  createElement(name: 'audio'): AudioElement;
  readonly body: { append(element: AudioElement): void };
};

beforeAll(async () => {
  stage = await Stage.start({ RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]' });
  const work = stage.directory('proxies');
  await makeProxyCertificate(work);
  // A browser asks for everything at once over HTTP/2; a proxy that buffers takes it all at once, too.
  proxy = await startDocumentedProxy(work, 'nginx', stage.cluster.ready, text =>
    text.replace('proxy_buffering off', 'proxy_buffering on'),
  );
  const collected: string[] = [];
  for (let row = 0; row < rows; row++) collected.push(await stage.ticketPath(recording(), 'detached', `-${row}`));
  paths = collected;
});
afterAll(async () => {
  await proxy?.stop();
  await stage?.stop();
});

function recording(): Medium {
  const medium = media.find(({ name }) => name === 'constant-rate.mp3');
  if (medium === undefined) throw new Error('there is no such file');
  return medium;
}

/** Shows all of them, and waits until nothing more happens: browsers load as many as they like. Stands for itself. */
async function results({ sources, calmMs }: { readonly sources: readonly string[]; readonly calmMs: number }) {
  const elements = sources.map(source => {
    const audio = document.createElement('audio');
    audio.preload = 'metadata';
    audio.src = source;
    document.body.append(audio);
    return audio;
  });
  const loaded = () => elements.filter(({ readyState }) => readyState > 0).length;
  const errors = () => elements.flatMap(({ error }) => (error === null ? [] : [error.message]));
  let settled = 0;
  let since = Date.now();
  while (settled < elements.length && Date.now() < since + calmMs) {
    await new Promise(resolve => setTimeout(resolve, 100));
    const now = loaded() + errors().length;
    if (now > settled) [settled, since] = [now, Date.now()];
  }
  return { loaded: loaded(), errors: errors() };
}

describe.each([
  { name: 'Chromium', start: Chromium.start, least: rows },
  // The rest it neither loads nor refuses, wherever it comes from.
  { name: 'Firefox', start: Firefox.start, least: 20 },
])('a page of results in $name', ({ name, start, least }) => {
  let browser: MediaBrowser;

  beforeAll(async () => {
    browser = await start(stage.directory(name));
  });
  afterAll(() => browser?.close());

  it('shows 200 recordings without an error, through a proxy over HTTP/2', async () => {
    const page = await browser.open(`${stage.nginxOrigin}/page.html`);
    const sources = paths.map(path => proxy.origin + path);
    const { loaded, errors } = await page.run(results, { sources, calmMs: 25_000 });
    expect(errors).toEqual([]);
    expect(loaded).toBeGreaterThanOrEqual(least);
    await page.close();
  });
});
