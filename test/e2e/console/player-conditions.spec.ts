import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { makeProxyCertificate, startDocumentedProxy } from '#test/proxies/documented-proxy.js';
import { makeRecordingCertificate } from '../../../apps/rcsctl/src/quickstart/recording-certificate.js';
import { startChromium } from '../chromium.js';
import { curl } from '../external-tools.js';
import type { ConsoleWindow } from './console-page.js';
import { openRecording, playButton, plays, press, recordCall, type RecordingOptions } from './player-page.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-conditions-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow | undefined;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
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

describe('says why nothing is heard', () => {
  const says = async (id: string, person: string, text: string): Promise<void> => {
    const page = await opened(id, { person });
    await playButton(page).click();
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
  };

  it('to somebody without the right', async () => {
    await says(cluster.ready.recordings[0]!.id, 'carol', 'You may not listen to this recording');
  });

  it('where the key is missing', async () => {
    const { certificatePem } = await makeRecordingCertificate('Nobody');
    const id = await recordCall(cluster.ready, 'WEEK0ADDRESS1', certificatePem);
    await says(id, 'alice', 'The private key of this recording is missing or disabled');
  });

  it('where the storage does not have it', async () => {
    const id = await recordCall(cluster.ready, 'WEEK0RETURN1');
    const { url, user, password, folder = '' } = cluster.ready.webdav;
    const { gateway, caFile } = cluster.ready;
    const { name, password: own } = personOf(cluster.ready, 'alice');
    const { body } = await curl('--cacert', caFile, '--user', `${name}:${own}`, `${gateway}/api/v2/recordings/${id}`);
    const [{ mediaId }] = (JSON.parse(body.toString()) as { mediaFiles: [{ mediaId: string }] }).mediaFiles;
    const removed = await curl(
      '--user',
      `${user}:${password}`,
      '--request',
      'DELETE',
      `${url}/${folder}${mediaId}.bin`,
    );
    expect(removed.status).toBe(204);
    await says(id, 'alice', 'The storage of this recording does not give it');
  });
});

it('asks who it is when the session has ended, and goes on where it was to go', async () => {
  const id = await recordCall(cluster.ready, 'WEEK0COMPLAINT1');
  const page = await opened(id);
  const { gateway, caFile } = cluster.ready;
  const { name, password } = personOf(cluster.ready, 'alice');
  const { status } = await curl(
    ...['--cacert', caFile, '--user', `${name}:${password}`, '--request', 'DELETE'],
    `${gateway}/api/v2/users/${name}/sessions`,
  );
  expect(status).toBe(200);
  // Somebody comes back after a minute, to the second file of the call, which nothing was fetched of.
  await page.evaluate('{ const now = performance.now.bind(performance); performance.now = () => now() + 60_000; }');
  await press(page, '8');
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
  await page.locator('.slider.place output').getByText('0:23').waitFor();
  await playButton(page).click();
  await plays(page, 8);
  expect(await page.getByRole('alert').count()).toBe(0);
});

it('plays on a phone', async () => {
  const id = await recordCall(cluster.ready, 'WEEK0CARD1');
  const page = await opened(id, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const isTooWide = () => page.evaluate('document.scrollingElement.scrollWidth > window.innerWidth');
  await playButton(page).tap();
  await plays(page);
  expect(await isTooWide()).toBe(false);
  await page.getByRole('link', { name: 'All recordings' }).tap();
  await page.getByRole('grid', { name: 'Recordings found' }).waitFor();
  expect(await isTooWide()).toBe(false);
});

it('seeks behind nginx that buffers and speaks HTTP/2', async () => {
  const id = await recordCall(cluster.ready, 'WEEK0CARD1');
  await makeProxyCertificate(work);
  const proxy = await startDocumentedProxy(work, 'nginx', cluster.ready, text =>
    text.replace('proxy_buffering off', 'proxy_buffering on'),
  );
  try {
    const page = await opened(id, { address: proxy.origin });
    const statuses: number[] = [];
    page.on('response', answer => {
      if (/\/play\/[^/]+\.mp[34]$/.test(new URL(answer.url()).pathname)) statuses.push(answer.status());
    });
    await playButton(page).click();
    await plays(page);
    const milliseconds = await page.evaluate<number>(`(async () => {
      const sound = heard.media.find(element => !element.muted);
      const begun = performance.now();
      const seeked = new Promise(resolve => sound.addEventListener('seeked', resolve, { once: true }));
      document.querySelector('section.player').dispatchEvent(new KeyboardEvent('keydown', { key: '8', bubbles: true }));
      await seeked;
      return performance.now() - begun;
    })()`);
    process.stderr.write(`a seek behind nginx took ${milliseconds.toFixed(0)} ms\n`);
    expect(new Set(statuses)).toEqual(new Set([206]));
    const protocols = await page.evaluate<string[]>(
      `[...new Set(performance.getEntriesByType('resource').map(({ nextHopProtocol }) => nextHopProtocol))].filter(Boolean)`,
    );
    expect(protocols).toContain('h2');
    expect(milliseconds).toBeLessThan(5000);
  } finally {
    await proxy.stop();
  }
});
