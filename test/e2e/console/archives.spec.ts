import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { takePicture } from './axe-findings.js';
import { goTo, logIn, openConsole, rowsOf, type ConsoleWindow } from './console-page.js';
import { recordCall, seriousFindings } from './player-page.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-archives-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow | undefined;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  await recordCall(cluster.ready, 'WEEK0CARD1');
  browser = await startChromium(work);
});
afterEach(async () => {
  expect(open?.complaints).toEqual([]);
  await open?.context.close();
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function window(person = 'alice'): Promise<Page> {
  open = await openConsole(browser, cluster.ready.gateway, { viewport: { width: 1280, height: 900 } });
  await logIn(open.page, cluster.ready, person);
  return open.page;
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const folder = (): string => `${cluster.ready.webdav.folder ?? ''}archives`;
const state = (page: Page, text: string) =>
  page.getByRole('region', { name: 'Archive' }).locator('.badge').filter({ hasText: text });

/** The first part, as the browser gets it by its link. */
async function downloaded(page: Page): Promise<Buffer> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download part 1' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^archive-.*-0001\.zip$/);
  return readFileSync(await download.path());
}

it('makes an archive of a selection in a storage, and gives its parts by a link', async () => {
  const page = await window();
  const found = page.getByRole('grid', { name: 'Recordings found' }).getByRole('row');
  await found.filter({ hasText: '+493012345671' }).getByRole('checkbox').check({ force: true });
  await button(page, 'Archive').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('case 4711');
  await dialog.getByRole('button', { name: /Where to/ }).click();
  await page.getByRole('option', { name: 'A storage of the contact center' }).click();
  await dialog.getByLabel('Folder').fill(folder());
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Archive', exact: true }).click();
  await state(page, 'Done').waitFor();
  await page.getByText(/^Recordings: 1, parts: 1, .*left out: 0$/).waitFor();
  await page.getByText('1 chosen').waitFor();
  const part = await downloaded(page);
  expect(part.includes('manifest.json.p7s')).toBe(true);
  await page.getByText(createHash('sha256').update(part).digest('hex')).waitFor();
  await takePicture(page, 'archive-job');
});

it('makes one of what a search finds, and lists it', async () => {
  const page = await window();
  await page.getByRole('textbox', { name: 'Caller' }).fill('+493012345671');
  await button(page, 'Search').click();
  await page.getByRole('link', { name: 'Archive what the search finds' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Caller').inputValue()).toBe('+493012345671');
  await dialog.getByLabel('Reason').fill('of a search');
  await dialog.getByLabel('Folder').fill(folder());
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await state(page, 'Done').waitFor();
  await page.getByText(/caller \+493012345671/).waitFor();
  await page.getByRole('link', { name: 'All archives' }).click();
  const row = rowsOf(page, 'Archives', 'of a search');
  await row.getByText('Done').waitFor();
  await row.getByRole('link').click();
  await page.getByRole('link', { name: 'Download part 1' }).waitFor();
});

it('pauses, resumes and cancels one that takes its time', async () => {
  const page = await window();
  const asked: string[] = [];
  let now = 'running';
  // Archives of a few recordings are made at once: what the server says of a long one comes from here.
  await page.route('**/rcs/archive-jobs/**', async route => {
    const [method, path] = [route.request().method(), new URL(route.request().url()).pathname];
    if (method !== 'GET') {
      asked.push(`${method} ${path.split('/').at(-1) ?? ''}`);
      now = path.endsWith('/pause') ? 'paused' : path.endsWith('/resume') ? 'running' : 'cancelled';
      return route.fulfill({ status: 200, json: {} });
    }
    const response = await route.fetch();
    const job = (await response.json()) as object;
    return route.fulfill({ response, json: { ...job, state: now, parts: [], waiting: 'no worker is there' } });
  });
  await goTo(page, 'Archives');
  await rowsOf(page, 'Archives', 'of a search').getByRole('link').click();
  await page.getByText('It waits, and goes on by itself: no worker is there').waitFor();
  await button(page, 'Pause').click();
  await state(page, 'Paused').waitFor();
  await button(page, 'Resume').click();
  await state(page, 'Running').waitFor();
  await button(page, 'Cancel the archive').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the archive' }).click();
  await state(page, 'Cancelled').waitFor();
  expect(asked.slice(0, 2)).toEqual(['POST pause', 'POST resume']);
  expect(asked[2]).toMatch(/^DELETE /);
  expect(await button(page, 'Pause').count()).toBe(0);
});

it('sets, changes and removes the archive of each day', async () => {
  const page = await window();
  await goTo(page, 'Archives');
  await button(page, 'Set a schedule').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('daily archive');
  await dialog.getByLabel('Folder').fill(folder());
  await dialog.getByRole('button', { name: 'Save' }).click();
  const schedule = page.getByRole('region', { name: 'An archive each day' });
  await schedule.getByText('begun 0 to 1 days before 00:00 UTC of the day').waitFor();
  await button(page, 'Change the schedule').click();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('daily archive');
  await dialog.getByLabel('Time of day').fill('04:15');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await schedule.getByText('04:15').waitFor();
  await takePicture(page, 'archive-schedule');
  await button(page, 'Remove the schedule').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the schedule' }).click();
  await schedule.getByText('No archive is made by itself.').waitFor();
});

it('is for administrators alone', async () => {
  const page = await window('bob');
  await page.getByRole('heading', { name: 'Recordings', level: 1 }).waitFor();
  expect(await page.getByRole('link', { name: 'Archives', exact: true }).count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Archive what the search finds' }).count()).toBe(0);
});
