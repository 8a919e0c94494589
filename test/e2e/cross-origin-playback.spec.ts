import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { within } from '#test/waiting/within.js';
import { startChromium } from './chromium.js';
import { json } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';

jest.setTimeout(300_000);

/** As much of the browser as the scripts below use. */
interface PageAudio {
  crossOrigin: string | null;
  src: string;
  currentTime: number;
  readonly duration: number;
  readonly error: { readonly code: number; readonly message: string } | null;
  play(): Promise<void>;
  addEventListener(name: string, listener: () => void, options: { readonly once: boolean }): void;
}
declare const document: { createElement(name: 'audio'): PageAudio; readonly body: { append(audio: PageAudio): void } };

const work = mkdtempSync(join(tmpdir(), 'rcs-cross-origin-'));
const waitMs = 90_000;
let cluster: RunningCluster;
let pages: Server;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  await selfSigned();
  pages = createServer(
    { key: readFileSync(join(work, 'page.key')), cert: readFileSync(join(work, 'page.pem')) },
    (_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Player</title>'),
  );
  await new Promise<void>(resolve => pages.listen(0, '127.0.0.1', resolve));
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__CROSS_ORIGIN_SETTINGS: `{ allowedOrigins: "https://*.genesys.test:${pagesPort()}" }`,
    RCS_SERVER_SETTINGS__SESSION_COOKIE: '{ sameSite: None, partitioned: true }',
  });
  browser = await startChromium(work);
});

beforeEach(async () => {
  context = await browser.newContext({ ignoreHTTPSErrors: true });
});
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  await within('the pages to close', new Promise(resolve => pages.close(resolve)));
  rmSync(work, { recursive: true, force: true });
});

const pagesPort = () => (pages.address() as AddressInfo).port;
/** The gateway under a name of its own: another site than that of the page. */
const gateway = () => `https://recordings.rcs.test:${new URL(cluster.ready.gateway).port}`;
const demo = () => cluster.ready.recordings[0] ?? { id: '', playPath: '' };
const playUrl = () => `${gateway()}/api/v2${demo().playPath}`;

async function selfSigned(): Promise<void> {
  const files = ['-keyout', join(work, 'page.key'), '-out', join(work, 'page.pem')];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, '-days', '2', '-subj', '/CN=page');
}

async function openPage(host: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  await page.goto(`https://${host}:${pagesPort()}/`);
  return page;
}

interface FetchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a script of the page gets; the text of the error where the browser refuses. */
function fetchFrom(page: Page, url: string, options: object): Promise<FetchAnswer | string> {
  return page.evaluate(
    async ([address, init]) => {
      try {
        const response = await fetch(address, { ...init, signal: AbortSignal.timeout(60_000) });
        const headers = Object.fromEntries(response.headers.entries());
        return { status: response.status, headers, body: await response.text() };
      } catch (error) {
        return String(error);
      }
    },
    [url, options] as const,
  );
}

function logIn(page: Page, name = 'alice'): Promise<FetchAnswer | string> {
  const { password = '' } = cluster.ready.users.find(user => user.name === name) ?? {};
  return fetchFrom(page, `${gateway()}/api/v2/sessions`, {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userName: name, password }),
  });
}

interface MediaResult {
  readonly error?: string;
  readonly duration: number;
  readonly position: number;
}

/** Plays a little, jumps to three quarters and plays there. */
function playAndSeek(page: Page, url: string, crossOrigin: string | undefined): Promise<MediaResult> {
  return page.evaluate(
    async ([address, mode]) => {
      const audio = document.createElement('audio');
      audio.crossOrigin = mode ?? null;
      const failed = () => ({ error: `${audio.error?.code}: ${audio.error?.message}`, duration: NaN, position: NaN });
      const event = (name: string) =>
        new Promise<boolean>(resolve => {
          audio.addEventListener(name, () => resolve(true), { once: true });
          audio.addEventListener('error', () => resolve(false), { once: true });
        });
      const loaded = event('loadedmetadata');
      audio.src = address;
      document.body.append(audio);
      if (!(await loaded)) return failed();
      await audio.play();
      const sought = event('seeked');
      audio.currentTime = audio.duration * 0.75;
      if (!(await sought)) return failed();
      const from = audio.currentTime;
      if (audio.currentTime <= from && !(await event('timeupdate'))) return failed();
      return { duration: audio.duration, position: audio.currentTime };
    },
    [url, crossOrigin] as const,
  );
}

describe('a page of another site that may use this server', () => {
  it('logs in, sees the CSRF token, and asks for a range with the session', async () => {
    const page = await openPage('player.genesys.test');
    const session = await logIn(page);
    expect(session).toMatchObject({ status: 201 });
    const headers = (session as FetchAnswer).headers;
    expect(headers['x-csrf-header']).toBe('X-CSRF-TOKEN');
    const part = await fetchFrom(page, playUrl(), { credentials: 'include', headers: { Range: 'bytes=100-199' } });
    expect(part).toMatchObject({ status: 206 });
    const seen = (part as FetchAnswer).headers;
    expect(seen['content-range']).toEqual(expect.stringMatching(/^bytes 100-199\/\d+$/));
    expect(seen['accept-ranges']).toBe('bytes');
    expect(seen['etag']).toEqual(expect.any(String));
    const token = headers['x-csrf-token'] ?? '';
    const order = { method: 'POST', credentials: 'include', headers: { 'X-CSRF-TOKEN': token } };
    const url = `${gateway()}/api/v2/recordings/${demo().id}/play-tickets`;
    expect(await fetchFrom(page, url, order)).toMatchObject({ status: 201 });
    expect(await fetchFrom(page, url, { ...order, headers: {} })).toMatchObject({ status: 403 });
  });

  it('plays and seeks with <audio crossorigin="use-credentials">', async () => {
    const page = await openPage('player.genesys.test');
    await logIn(page);
    const ranges: (string | undefined)[] = [];
    page.on('request', request => {
      if (request.url() === playUrl()) ranges.push(request.headers()['range']);
    });
    const result = await playAndSeek(page, playUrl(), 'use-credentials');
    expect(result.error).toBeUndefined();
    expect(result.duration).toBeGreaterThan(0);
    expect(result.position).toBeGreaterThan(result.duration * 0.7);
    expect(ranges.length).toBeGreaterThan(0);
  });

  it('plays nothing without the session', async () => {
    const page = await openPage('player.genesys.test');
    expect((await playAndSeek(page, playUrl(), 'use-credentials')).error).toBeDefined();
    expect((await playAndSeek(page, playUrl(), 'anonymous')).error).toBeDefined();
  });

  it('plays and seeks a ticket without any session', async () => {
    const curlClient = new CurlClient(cluster, work);
    const url = `${cluster.ready.gateway}/api/v2/recordings/${demo().id}/play-tickets`;
    const answer = await curl(...curlClient.asUser('alice'), '--request', 'POST', url);
    const page = await openPage('unknown.site.test');
    const ticketUrl = `${gateway()}/api/v2${json(answer)['playPath'] as string}`;
    const result = await playAndSeek(page, ticketUrl, undefined);
    expect(result.error).toBeUndefined();
    expect(result.position).toBeGreaterThan(result.duration * 0.7);
  });
});

describe('a page whose name only looks right', () => {
  it.each(['player.genesys.test.evil.test', 'evilgenesys.test', 'evil.test'])(
    '%s reads nothing, though the visitor is logged in',
    async host => {
      const friend = await openPage('player.genesys.test');
      expect(await logIn(friend)).toMatchObject({ status: 201 });
      const page = await openPage(host);
      expect(await fetchFrom(page, `${gateway()}/api/v2/me`, { credentials: 'include' })).toMatch(/Failed to fetch/);
      expect(await fetchFrom(page, playUrl(), { credentials: 'include' })).toMatch(/Failed to fetch/);
      expect((await playAndSeek(page, playUrl(), 'use-credentials')).error).toBeDefined();
      expect((await playAndSeek(page, playUrl(), undefined)).error).toBeDefined();
      expect(await fetchFrom(friend, `${gateway()}/api/v2/me`, { credentials: 'include' })).toMatchObject({
        status: 200,
      });
    },
  );
});
