import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { startChromium } from '../chromium.js';
import { curl } from '../external-tools.js';
import { takePicture } from './axe-findings.js';
import { logIn, openConsole, type ConsoleWindow } from './console-page.js';
import { playButton, recordCall, seriousFindings } from './player-page.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-recordings-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow | undefined;
let [card, order] = ['', ''];

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  card = await recordCall(cluster.ready, 'WEEK0CARD1');
  order = await recordCall(cluster.ready, 'WEEK0ORDER2');
  const { name, password } = personOf(cluster.ready, 'alice');
  const label = JSON.stringify({ name: 'contract', displayName: 'Contract' });
  const { status } = await curl(
    ...['--cacert', cluster.ready.caFile, '--user', `${name}:${password}`],
    ...['--header', 'Content-Type: application/json', '--data', label],
    `${cluster.ready.gateway}/api/v2/recording-label-definitions`,
  );
  expect(status).toBe(201);
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

async function list(person = 'alice', options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  open = await openConsole(browser, cluster.ready.gateway, { viewport: { width: 1280, height: 900 }, ...options });
  await logIn(open.page, cluster.ready, person);
  await open.page.getByRole('grid', { name: 'Recordings found' }).waitFor();
  return open.page;
}
const rows = (page: Page) => page.getByRole('grid', { name: 'Recordings found' }).getByRole('row');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

it('finds recordings by number and agent, and keeps the search in the address', async () => {
  const page = await list();
  // The head, the two of the demo, and two of ours.
  await rows(page).nth(4).waitFor();
  await page.getByRole('textbox', { name: 'Caller' }).fill('+12125550142');
  await page.getByLabel('From').fill('');
  await button(page, 'Search').click();
  // The head, and the one.
  await waitFor('nothing else', async () => (await rows(page).count()) === 2);
  await rows(page).getByRole('link').click();
  await playButton(page).waitFor();
  await page.goBack();
  await rows(page).filter({ hasText: '+12125550142' }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Caller' }).inputValue()).toBe('+12125550142');
  await page.getByRole('textbox', { name: 'Caller' }).fill('nobody');
  await button(page, 'Search').click();
  await page.getByText('No recording that you may see fits the search.').waitFor();
});

it.each([1440, 1280, 1024, 390])(
  'is as wide as a window of %i pixels, and hides nothing of a recording',
  async width => {
    const page = await list('alice', { viewport: { width, height: 844 } });
    const [whole, seen, table, frame] = await page.evaluate<[number, number, number, number]>(`(() => {
    const frame = document.querySelector('.table-frame');
    return [document.documentElement.scrollWidth, innerWidth, frame.scrollWidth, frame.clientWidth];
  })()`);
    expect([whole, table]).toEqual([seen, frame]);
    const row = rows(page).filter({ hasText: '+493012345671' });
    for (const text of ['+493012345671', 'Encrypted'])
      expect(await row.getByText(text).locator('visible=true').count()).toBe(1);
    const header = await page.getByRole('banner').boundingBox();
    if (width === 390) expect(header?.height).toBeLessThan(110);
    expect(await page.getByRole('button', { name: 'Account' }).isVisible()).toBe(width === 390);
    await takePicture(page, `recordings-${String(width)}`);
  },
);

it('has the account of a phone behind a button', async () => {
  const page = await list('alice', { viewport: { width: 390, height: 844 } });
  const logOut = button(page, 'Log out');
  expect(await logOut.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Account' }).click();
  await logOut.waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await logOut.waitFor({ state: 'hidden' });
});

it('offers protection, and its end, for those recordings that it is about', async () => {
  const page = await list();
  expect(await button(page, 'End protection').count()).toBe(0);
  const [one, other] = ['+12125550142', '+493012345671'].map(caller => rows(page).filter({ hasText: caller }));
  await one!.getByRole('checkbox').check({ force: true });
  await button(page, 'Protect').click();
  await one!.filter({ hasText: 'Protected' }).waitFor();
  await button(page, 'End protection').waitFor();
  expect(await button(page, 'Protect').count()).toBe(0);
  await other!.getByRole('checkbox').check({ force: true });
  await button(page, 'Protect 1 of 2').waitFor();
  await button(page, 'End protection of 1 of 2').click();
  await one!.filter({ hasText: 'Protected' }).waitFor({ state: 'detached' });
  await button(page, 'Protect').waitFor();
  expect(await page.getByRole('button', { name: /End protection/ }).count()).toBe(0);
});

it('labels, protects, holds and erases a selection', async () => {
  const page = await list();
  for (const caller of ['+12125550142', '+493012345671'])
    await rows(page).filter({ hasText: caller }).getByRole('checkbox').check({ force: true });
  await button(page, 'Add label').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('status').filter({ hasText: '2 done' }).waitFor();
  await rows(page).filter({ hasText: 'contract' }).nth(1).waitFor();
  await button(page, 'Protect').click();
  await rows(page).filter({ hasText: 'Protected' }).nth(1).waitFor();
  await button(page, 'End protection').click();
  await button(page, 'Place hold').click();
  await page.getByLabel('Reason').fill('case 4711');
  await page.getByRole('dialog').getByRole('button', { name: 'Place hold' }).click();
  await rows(page).filter({ hasText: 'On hold' }).nth(1).waitFor();

  await page.goto(`${cluster.ready.gateway}/console#/recordings/${order}`);
  await page.getByText('case 4711').waitFor();
  await button(page, 'Release').click();
  await page.getByRole('region', { name: 'Legal holds' }).getByText('None').waitFor();
  await page.getByRole('button', { name: 'Remove label contract' }).click();
  await page.getByRole('region', { name: 'Labels' }).getByText('None').waitFor();
  await page.getByRole('region', { name: 'Event history' }).getByRole('cell', { name: 'Joined' }).first().waitFor();

  await page.getByRole('link', { name: 'All recordings' }).click();
  for (const caller of ['+12125550142', '+493012345671'])
    await rows(page).filter({ hasText: caller }).getByRole('checkbox').check({ force: true });
  await button(page, 'Erase').click();
  await page.getByLabel('Reason').fill('asked for it');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Erase 2' }).click();
  // The other one is on hold.
  await page.getByText('1 stay: they are protected or on hold').waitFor();
  await rows(page).filter({ hasText: '+12125550142' }).waitFor({ state: 'detached' });
  expect(await rows(page).filter({ hasText: '+493012345671' }).count()).toBe(1);
});

it('archives a selection as a file', async () => {
  const page = await list();
  await rows(page).filter({ hasText: '+493012345671' }).getByRole('checkbox').check({ force: true });
  await button(page, 'Archive').click();
  await page.getByLabel('Reason').fill('case 4711');
  const downloading = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  const archive = readFileSync(await download.path());
  expect(archive.subarray(0, 2).toString()).toBe('PK');
  expect(archive.includes('manifest.json.p7s')).toBe(true);
});

it('shows an agent their own, without what they may not do', async () => {
  const page = await list('carol');
  await rows(page).nth(1).waitFor();
  expect(await button(page, 'Erase').count()).toBe(0);
  expect(await page.getByRole('checkbox').count()).toBe(0);
});

it.each(['light', 'dark'] as const)('has nothing serious for axe, %s', async colorScheme => {
  const page = await list('alice', { colorScheme });
  await rows(page).nth(1).getByRole('checkbox').check({ force: true });
  expect(await seriousFindings(page)).toEqual([]);
  for (const name of ['Add label', 'Place hold', 'Erase']) {
    await button(page, name).click();
    await page.getByRole(name === 'Erase' ? 'alertdialog' : 'dialog').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await button(page, 'Cancel').click();
  }
  await page.goto(`${cluster.ready.gateway}/console#/recordings/${card}`);
  await page.locator('.wave-form').waitFor();
  await page.getByRole('region', { name: 'Who listened' }).waitFor();
  await page.locator('.cue').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});
