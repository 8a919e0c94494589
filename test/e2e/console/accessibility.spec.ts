import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { goTo, logIn, openConsole, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-console-axe-'));
const screenshots = join(repository, '.cache/screenshots');
/** Every page and dialog as a picture, for who wants to look at them: they take a third of the time. */
const takesPictures = process.env.CONSOLE_SCREENSHOTS === 'true';
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow;
let page: Page;

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  cluster = await joinCluster(repository, work);
  browser = await startChromium(work);
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** What axe finds serious or critical on what is shown now. */
async function findingsAt(name: string, theme: string): Promise<string[]> {
  if (takesPictures) await page.screenshot({ path: join(screenshots, `${name}-${theme}.png`), animations: 'disabled' });
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${name} (${theme}): ${id}, ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Opens each dialog of a page in turn; Escape, or its own button, closes it. */
async function dialogs(theme: string, openers: Readonly<Record<string, () => Promise<void>>>): Promise<string[]> {
  const found: string[] = [];
  for (const [name, press] of Object.entries(openers)) {
    await press();
    const dialog = page.locator('[role=dialog], [role=alertdialog]');
    await dialog.waitFor();
    found.push(...(await findingsAt(name, theme)));
    await dialog
      .getByRole('button', { name: /^(Cancel|Close)$/ })
      .last()
      .click();
    await dialog.waitFor({ state: 'detached' });
  }
  return found;
}
const button = (name: string) => () => page.getByRole('button', { name, exact: true }).click();
const firstRow = () => page.locator('tbody [role=row], tbody tr').first();

describe.each(['light', 'dark'] as const)('the console, %s, for those who use it with other senses', theme => {
  beforeAll(async () => {
    open = await openConsole(browser, cluster.ready.gateway, {
      colorScheme: theme,
      viewport: { width: 1280, height: 900 },
    });
    page = open.page;
  });
  afterAll(async () => {
    expect(open?.complaints).toEqual([]);
    await open?.context.close();
  });

  it('the log-in page', async () => {
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await findingsAt('login', theme)).toEqual([]);
    await logIn(page, cluster.ready, 'alice');
  });

  it('every page of the navigation', async () => {
    const links = await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link').allInnerTexts();
    expect(links.length).toBeGreaterThanOrEqual(6);
    const found: string[] = [];
    for (const link of links) {
      await goTo(page, link);
      await firstRow().waitFor();
      found.push(...(await findingsAt(link.toLowerCase().replaceAll(' ', '-'), theme)));
    }
    expect(found).toEqual([]);
  });

  it('a recording, and the dialogs of what is done with it', async () => {
    await goTo(page, 'Recordings');
    await firstRow().click();
    await page.getByRole('button', { name: /^Play/ }).first().waitFor();
    const found = await findingsAt('recording', theme);
    const acts = { label: 'Add label', hold: 'Place hold', archive: 'Archive', erase: 'Erase' };
    const openers = Object.fromEntries(Object.entries(acts).map(([name, text]) => [name, button(text)]));
    found.push(...(await dialogs(theme, openers)));
    expect(found).toEqual([]);
  });

  it('a certificate, and the dialogs of certificates', async () => {
    await goTo(page, 'Recording certificates');
    const found = await dialogs(theme, { upload: button('Upload'), 'generate-key': button('Generate key') });
    await firstRow().click();
    await page.getByRole('button', { name: 'Download certificate' }).waitFor();
    found.push(...(await findingsAt('certificate', theme)));
    found.push(
      ...(await dialogs(theme, {
        assign: button('Assign'),
        renew: button('Renew'),
        rewrap: button('Re-wrap'),
        delete: button('Delete'),
      })),
    );
    await goTo(page, 'Screen recording certificates');
    found.push(...(await dialogs(theme, { 'select-certificate': button('Add') })));
    expect(found).toEqual([]);
  });

  it('the dialogs of the audit, of users and of the system', async () => {
    await goTo(page, 'Audit');
    const found = await dialogs(theme, { 'audit-record': () => firstRow().click() });
    await goTo(page, 'Users');
    const removal = async (): Promise<void> => {
      await firstRow().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
    };
    const ofUsers = { 'add-user': button('Add user'), user: () => firstRow().click(), 'remove-user': removal };
    found.push(...(await dialogs(theme, ofUsers)));
    await goTo(page, 'System');
    found.push(...(await dialogs(theme, { 'register-credential': button('Register a credential') })));
    expect(found).toEqual([]);
  });

  it('the dialog of a session that ended', async () => {
    await goTo(page, 'Audit');
    await open.context.clearCookies();
    await button('Refresh')();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    expect(await findingsAt('session-ended', theme)).toEqual([]);
  });
});

describe.each([
  ['a small screen', 1024],
  ['a phone', 390],
])('the console on %s', (_, width) => {
  it('scrolls down, never sideways, and has every page at hand', async () => {
    const small = await openConsole(browser, cluster.ready.gateway, { viewport: { width, height: 768 } });
    ({ page } = small);
    const wide: string[] = [];
    const measure = async (name: string): Promise<void> => {
      const [whole, seen] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
      if (whole > seen) wide.push(`${name}: ${String(whole)} of ${String(seen)}`);
    };
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await measure('login');
    await logIn(page, cluster.ready, 'alice');
    const links = await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link').allInnerTexts();
    for (const link of links) {
      await goTo(page, link);
      await firstRow().waitFor();
      await measure(link);
    }
    await goTo(page, 'Recordings');
    await firstRow().click();
    await page.getByRole('button', { name: /^Play/ }).first().waitFor();
    await measure('a recording');
    await goTo(page, 'Recording certificates');
    await button('Upload')();
    await page.getByRole('dialog').waitFor();
    await measure('the upload');
    if (takesPictures) await page.screenshot({ path: join(screenshots, `upload-${String(width)}.png`) });
    expect(wide).toEqual([]);
    expect(small.complaints).toEqual([]);
    await small.context.close();
  });
});
