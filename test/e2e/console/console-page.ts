import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { personOf, type ReadyLine } from '#test/cluster/running-cluster.js';

/** On a machine with little to spare a page takes its time; what never comes fails by this. */
export const waitMs = 30_000;

/** A window with the console, and what its browser complained about. */
export interface ConsoleWindow {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of scripts, and what the policy of the page stopped; answers that are refused on purpose are not among them. */
  readonly complaints: readonly string[];
}

/** Opens the address of the server, as somebody does who was told nothing else. */
export async function openConsole(
  browser: Browser,
  address: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<ConsoleWindow> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options });
  context.setDefaultTimeout(waitMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(address);
  return { context, page, complaints };
}

/** Logs somebody of the demo in, on the page that asks for it. */
export async function logIn(page: Page, ready: ReadyLine, person: string): Promise<void> {
  const { name, password } = personOf(ready, person);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
}

/** Goes to a page of the navigation. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Pages', exact: true })
    .getByRole('link', { name: title, exact: true })
    .click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** All parts of the page are there: one that comes later moves what is below it away from under a click. */
export const isLoaded = (page: Page): Promise<void> =>
  page.locator('main p[role="status"].table-empty').first().waitFor({ state: 'detached' });

/** Rows of a table that have a text; other tables of the page, which may be there first, can have it as well. */
export const rowsOf = (page: Page, table: string, text: string): Locator =>
  page.getByRole('grid', { name: table, exact: true }).getByRole('row').filter({ hasText: text });
