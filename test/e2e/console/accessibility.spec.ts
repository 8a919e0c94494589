import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { routePaths, type RoutePath } from '../../../apps/console/src/app/route-paths.js';
import { startChromium } from '../chromium.js';
import { axeFindings, takePicture } from './axe-findings.js';
import { goTo, logIn, openConsole, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-console-axe-'));
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow;
let page: Page;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  browser = await startChromium(work);
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const firstRow = () => page.locator('tbody [role=row], tbody tr').first();
const list = (title: string) => async (): Promise<void> => {
  await goTo(page, title);
  await firstRow().waitFor();
};

/** A place of the router that is not among them does not compile. */
const ways: Readonly<Record<RoutePath, () => Promise<void>>> = {
  recordings: list('Recordings'),
  'recordings/:id': async () => {
    await list('Recordings')();
    await firstRow().click();
    await page.getByRole('button', { name: /^Play/ }).first().waitFor();
  },
  certificates: list('Recording certificates'),
  'certificates/:alias': async () => {
    await list('Recording certificates')();
    await firstRow().click();
    await button('Download certificate').waitFor();
  },
  'screen-recording-certificates': list('Screen recording certificates'),
  archives: list('Archives'),
  'archives/:id': async () => {
    await list('Archives')();
    await button('Make an archive').click();
    await page.getByLabel('Folder').fill(`${cluster.ready.webdav.folder ?? ''}archives`);
    await page.getByLabel('Reason').fill('case 4711');
    await button('Begin').click();
    await page.getByRole('link', { name: 'Download part 1' }).waitFor();
  },
  audit: list('Audit'),
  users: list('Users'),
  system: list('System'),
};

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
    expect(await axeFindings(page, `login-${theme}`)).toEqual([]);
    await logIn(page, cluster.ready, 'alice');
  });

  it.each(routePaths)('%s', async path => {
    await ways[path]();
    expect(await axeFindings(page, `${path.replaceAll(/[/:]+/g, '-')}-${theme}`)).toEqual([]);
  });

  it('an address that leads nowhere', async () => {
    await page.evaluate(`location.hash = '#/nowhere'`);
    await page.getByText('There is no such page.').waitFor();
    expect(await axeFindings(page, `nowhere-${theme}`)).toEqual([]);
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
    await button('Upload').click();
    await page.getByRole('dialog').waitFor();
    await measure('the upload');
    await takePicture(page, `upload-${String(width)}`);
    expect(wide).toEqual([]);
    expect(small.complaints).toEqual([]);
    await small.context.close();
  });
});
