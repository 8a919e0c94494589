import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Route } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { prefixProxy, type PrefixProxy } from './prefix-proxy.js';
import { goTo, logIn, openConsole, rowsOf, type ConsoleWindow } from './console-page.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-session-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  browser = await startChromium(work);
});
beforeEach(async () => {
  open = await openConsole(browser, cluster.ready.gateway);
});
afterEach(async () => {
  expect(open.complaints).toEqual([]);
  await open.context.close();
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

it('whoever types the name of the server comes to the console, and is asked who they are', async () => {
  const { page } = open;
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/console');
  await page.getByLabel('User name').fill(personOf(cluster.ready, 'alice').name);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('User name or password is wrong.').waitFor();
  await logIn(page, cluster.ready, 'alice');
  await page.getByRole('heading', { level: 1, name: 'Recordings' }).waitFor();
});

it('an address within it leads on after the login', async () => {
  const { page } = open;
  await page.goto(`${cluster.ready.gateway}/console#/certificates`);
  await page.reload();
  await logIn(page, cluster.ready, 'alice');
  await page.getByRole('heading', { level: 1, name: 'Recording certificates' }).waitFor();
});

it('who logs out is out, and the page has nothing of them any more', async () => {
  const { page } = open;
  await logIn(page, cluster.ready, 'alice');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

it('language and appearance are kept by the browser', async () => {
  const { page } = open;
  await page.getByRole('button', { name: /Language/ }).click();
  await page.getByRole('option', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await page.getByRole('button', { name: /Darstellung/ }).click();
  await page.getByRole('option', { name: 'Dunkel' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('de');
  expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
});

it('an agent sees the pages that they may use, and no others', async () => {
  const { page } = open;
  await logIn(page, cluster.ready, 'carol');
  const links = page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link');
  expect(await links.allInnerTexts()).toEqual(['Recordings']);
});

it('a session that ends takes nothing with it: one logs in over the page, and goes on', async () => {
  const { page } = open;
  await logIn(page, cluster.ready, 'alice');
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Add user' }).click();
  const name = `dora-${String(Date.now())}`;
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill('a long password of dora 1');
  await open.context.clearCookies();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  await again.getByLabel('Password').fill('wrong');
  await again.getByRole('button', { name: 'Log in' }).click();
  await again.getByText('User name or password is wrong.').waitFor();
  await again.getByLabel('Password').fill(personOf(cluster.ready, 'alice').password);
  await again.getByRole('button', { name: 'Log in' }).click();
  await rowsOf(page, 'Users', name).waitFor();
});

it('an administrator ends the session of somebody else, who is asked to log in again', async () => {
  await logIn(open.page, cluster.ready, 'alice');
  const other = await openConsole(browser, cluster.ready.gateway);
  await logIn(other.page, cluster.ready, 'bob');
  const { name } = personOf(cluster.ready, 'bob');
  const groups = open.page.getByRole('region', { name: 'Access groups' }).last();
  // The access groups, whose members have the same names, are there first.
  const last = async (route: Route): Promise<void> => {
    await groups.getByRole('row').filter({ hasText: name }).waitFor();
    return route.continue();
  };
  await open.page.route('**/rcs/users', last, { times: 1 });
  await goTo(open.page, 'Users');
  await rowsOf(open.page, 'Users', name).click();
  await open.page.getByRole('button', { name: 'End all sessions' }).click();
  await open.page.getByText('Nobody is logged in under this name.').waitFor();
  await other.page.getByRole('link', { name: 'Recording certificates', exact: true }).click();
  const again = other.page.getByRole('dialog', { name: 'Your session has ended' });
  await again.getByRole('button', { name: 'Leave' }).click();
  await other.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await other.context.close();
});

it('says None of nothing that it has not read yet', async () => {
  const { page } = open;
  await logIn(page, cluster.ready, 'alice');
  const groups = page.getByRole('region', { name: 'Access groups' }).last();
  const shown: string[] = [];
  await page.route('**/rcs/access-groups', async route => {
    await groups.waitFor();
    shown.push(await groups.innerText());
    return route.continue();
  });
  await goTo(page, 'Users');
  await groups.getByText(personOf(cluster.ready, 'bob').name).waitFor();
  expect(shown.join()).toMatch(/Loading/);
  expect(shown.join()).not.toMatch(/None/);
});

it('works below a path of a proxy that knows nothing of it', async () => {
  const proxy: PrefixProxy = await prefixProxy('/some/where', cluster.ready, work);
  try {
    const below = await openConsole(browser, `${proxy.origin}/some/where/`);
    expect(new URL(below.page.url()).pathname).toBe('/some/where/console');
    await logIn(below.page, cluster.ready, 'alice');
    for (const title of ['Recording certificates', 'Audit', 'Users', 'System']) {
      await goTo(below.page, title);
      await below.page.locator('tbody tr, tbody [role=row]').first().waitFor();
    }
    expect(below.complaints).toEqual([]);
    expect(proxy.outside).toEqual([]);
    await below.context.close();
  } finally {
    await proxy.stop();
  }
});
