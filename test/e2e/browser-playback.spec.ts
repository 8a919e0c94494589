import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { startChromium } from './chromium.js';
import { json } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

/** As much of the browser as the scripts below use. */
interface MediaElement {
  preload: string;
  src: string;
  readonly error: { readonly message: string } | null;
  readonly currentTime: number;
  readonly duration: number;
  addEventListener(name: string, listener: () => void): void;
}
declare const document: {
  createElement(name: 'audio'): MediaElement;
  querySelector(selector: string): MediaElement | null;
  readonly body: { append(element: MediaElement): void };
};

const work = mkdtempSync(join(tmpdir(), 'rcs-browser-playback-'));
const waitMs = 90_000;
/** Fewer than a browser asks for at once. */
const streams = 3;
let cluster: RunningCluster;
let curlClient: CurlClient;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__MAX_CONCURRENT_STREAMS_PER_USER: String(streams),
  });
  curlClient = new CurlClient(cluster, work);
  browser = await startChromium(work);
});

beforeEach(async () => {
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(waitMs);
});
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const gateway = () => cluster.ready.gateway;
const [call, screen] = [0, 1];
const playUrl = (index: number) => `${gateway()}/api/v2${cluster.ready.recordings[index]?.playPath ?? ''}`;

/** A page of the gateway's own origin, where somebody is logged in. */
async function loggedInPage(): Promise<Page> {
  const url = `${gateway()}/a-page`;
  await context.route(url, route =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Results</title>' }),
  );
  const page = await context.newPage();
  await page.goto(url);
  const { name = '', password = '' } = cluster.ready.users.find(user => user.name === 'alice') ?? {};
  const status = await page.evaluate(
    async body => {
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch('/api/v2/sessions', { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) }))
        .status;
    },
    JSON.stringify({ userName: name, password }),
  );
  expect(status).toBe(201);
  return page;
}

async function ticketUrl(index: number): Promise<string> {
  const url = `${gateway()}/api/v2/recordings/${cluster.ready.recordings[index]?.id ?? ''}/play-tickets`;
  return json(await curl(...curlClient.asUser('alice'), '--request', 'POST', url))['playUri'] as string;
}

/** What becomes of what the browser's own viewer shows: it plays by itself. */
async function outcomeInViewer(page: Page): Promise<string> {
  const end = Date.now() + waitMs;
  while (Date.now() < end) {
    const state = await page.evaluate(() => {
      const media = document.querySelector('video, audio');
      return media && { error: media.error?.message, position: media.currentTime };
    });
    if (state === null) return 'no viewer';
    if (state.error !== undefined) return state.error;
    if (state.position > 0) return 'plays';
    await delay(100);
  }
  return 'stands still';
}

describe('the address of a recording, opened in a browser', () => {
  it.each([
    ['the call, with the session', () => loggedInPage().then(() => playUrl(call))],
    ['the screen recording, with the session', () => loggedInPage().then(() => playUrl(screen))],
    ['the call, with a ticket', () => ticketUrl(call)],
  ])('plays %s', async (_, address) => {
    const url = await address();
    const page = await context.newPage();
    await page.goto(url);
    expect(await outcomeInViewer(page)).toBe('plays');
  });

  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'audio/svg+xml', 'video/html'])(
    'runs no script of a media file that says %s',
    async type => {
      const name = `script-${type.replace(/\W/g, '-')}`;
      const script = `<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "ran"</script></svg>`;
      await curlClient.put(name, Buffer.concat([mediaLike(1000), Buffer.from(script)]));
      const descriptor = { storage: 'webDAV', path: name };
      const path = await curlClient.inserted(name, { mediaId: name, type, mediaDescriptor: descriptor });
      const answer = await curlClient.play(path);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      const policy = answer.headers['content-security-policy'] ?? '';
      expect(policy).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
    },
  );

  it('keeps the policy of the API for every answer without media', async () => {
    const strict = "default-src 'none'; frame-ancestors 'none'";
    const refused = await curl('--cacert', cluster.ready.caFile, playUrl(call));
    expect([refused.status, refused.headers['content-security-policy']]).toEqual([401, strict]);
    expect((await curlClient.get('/api/v2/me')).headers['content-security-policy']).toBe(strict);
  });
});

it('a page of results shows the length of each of 200 recordings, however few streams a user may have', async () => {
  const page = await loggedInPage();
  const results = await page.evaluate(
    ([url, count]) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => {
          const audio = document.createElement('audio');
          audio.preload = 'metadata';
          const settled = new Promise<string>(resolve => {
            audio.addEventListener('loadedmetadata', () => resolve(audio.duration > 1 ? 'loaded' : 'too short'));
            audio.addEventListener('error', () => resolve(audio.error?.message ?? 'error'));
          });
          audio.src = `${url}?row=${index}`;
          document.body.append(audio);
          return settled;
        }),
      ),
    [playUrl(call), 200] as const,
  );
  expect(results.filter(result => result !== 'loaded')).toEqual([]);
  expect(results).toHaveLength(200);
});

it('a client that asks for no more at once than it may is never refused, and one that asks for more waits', async () => {
  const parts = Array.from({ length: 12 }, (_, part) =>
    curlClient.play(cluster.ready.recordings[call]?.playPath ?? '', '--range', `${part * 100}-${part * 100 + 99}`),
  );
  expect((await Promise.all(parts)).map(answer => answer.status)).toEqual(parts.map(() => 206));
});

describe('a play address', () => {
  const name = 'Gespräch "通話"; x=.exe';
  let path = '';
  beforeAll(async () => {
    await curlClient.put('named.mp3', mediaLike(1000));
    const mediaDescriptor = { storage: 'webDAV', path: 'named.mp3' };
    path = await curlClient.inserted('named', { mediaId: name, type: 'audio/webm;codecs=opus', mediaDescriptor });
  });

  it('offers a file to store, with its whole name, where that is asked for', async () => {
    for (const query of ['?download', '?download=', '?download=evil.exe']) {
      const answer = await curlClient.play(path + query);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-disposition']).toBe(
        `attachment; filename="Gespr_ch${'_'.repeat(7)}x_.exe"; filename*=UTF-8''${encodeURIComponent(name)}`,
      );
    }
    expect((await curlClient.play(path)).headers['content-disposition']).toMatch(/^inline; /);
  });

  it('keeps the parameters of the media type', async () => {
    expect((await curlClient.play(path)).headers['content-type']).toBe('audio/webm;codecs=opus');
  });

  it('answers a method that it does not have with those it has', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await curlClient.play(path, '--request', method);
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('plays for a client of HTTP/1.0 that says so in its TLS handshake', async () => {
    const answer = await curlClient.play(path, '--http1.0');
    expect([answer.status, answer.body.length]).toEqual([200, 1000]);
  });
});
