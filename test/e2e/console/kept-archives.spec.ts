import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { personOf, type ReadyLine, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { ArchiveJobsClient } from '../archive-jobs-client.js';
import { CurlClient } from '../curl-client.js';
import { KeptArchivesClient } from '../kept-archives-client.js';
import { takePicture } from './axe-findings.js';
import { goTo, logIn, openConsole, rowsOf, type ConsoleWindow } from './console-page.js';
import { seriousFindings } from './player-page.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-kept-'));
let cluster: RunningCluster;
/** Another contact center of the same cluster, with a certificate of the same alias. */
let neighbour: ReadyLine;
let jobs: ArchiveJobsClient;
let kept: KeptArchivesClient;
let browser: Browser;
let open: ConsoleWindow | undefined;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  const theirs = join(work, 'neighbour');
  mkdirSync(theirs);
  neighbour = await ownContactCenter(cluster.ready, theirs);
  const client = new CurlClient(cluster, work);
  jobs = new ArchiveJobsClient(cluster, client);
  kept = new KeptArchivesClient(cluster, client);
  const recordings = cluster.ready.recordings.map(({ id }) => id);
  for (const reason of ['of a file', 'of another file', 'of a third file'])
    expect((await jobs.ask('POST', 'archives', { recordings, reason })).status).toBe(200);
  await jobs.ended(await jobs.begin({ recordings, reason: 'of a job' }, { recordings: 100 }));
  browser = await startChromium(work);
});
afterEach(async () => {
  expect(open?.complaints).toEqual([]);
  await open?.context.close();
  open = undefined;
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function window(person = 'alice', ready = cluster.ready): Promise<Page> {
  open = await openConsole(browser, ready.gateway, { viewport: { width: 1280, height: 900 } });
  await logIn(open.page, ready, person);
  return open.page;
}
/** Somebody with these rights and no others. */
async function someoneWith(rights: { readonly roles: string[]; readonly privileges: string[] }): Promise<ReadyLine> {
  const own = { name: `dora-${randomUUID()}`, password: `the password ${randomUUID()}` };
  const { name: userName, password } = own;
  const added = await jobs.ask('POST', 'users', { userName, password, accessGroups: [], partitions: [], ...rights });
  expect(added.status).toBe(201);
  return { ...cluster.ready, users: [{ ...own, person: 'dora', roles: rights.roles }] };
}
const alias = (): string => cluster.ready.certificates[0]!.alias;
const section = (page: Page) => page.getByRole('region', { name: 'Archives that keys are kept for' }).last();
const row = (page: Page, reason: string) =>
  section(page)
    .getByRole('row')
    .filter({ has: page.getByText(reason, { exact: true }) });
const releaseOf = (page: Page, reason: string) =>
  section(page).getByRole('button', { name: new RegExp(`^Release the archive of .*: ${reason}$`) });
const dialog = (page: Page) => page.getByRole('alertdialog', { name: /^Release the archive of/ });
async function openCertificate(page: Page): Promise<void> {
  await goTo(page, 'Recording certificates');
  await rowsOf(page, 'Recording certificates', alias()).click();
  await page.getByRole('button', { name: 'Download certificate' }).waitFor();
}

it('shows for which archives keys are kept, and the job that made one', async () => {
  const page = await window();
  await goTo(page, 'Archives');
  const [first] = await kept.list();
  const ofFile = row(page, 'of a file');
  await ofFile.getByText('Whole', { exact: true }).waitFor();
  await ofFile.getByRole('cell', { name: String(first!.mediaFiles), exact: true }).waitFor();
  await ofFile.getByText(personOf(cluster.ready, 'alice').name).waitFor();
  expect(await section(page).getByRole('button').count()).toBe(4);
  expect(await seriousFindings(page)).toEqual([]);
  await takePicture(page, 'kept-archives');
  await row(page, 'of a job').getByRole('link', { name: 'Part 1 of an archive in a storage' }).click();
  await page.getByRole('link', { name: 'Download part 1' }).waitFor();
});

it('releases one by keyboard, with a reason that the audit keeps', async () => {
  const { id } = (await kept.list()).find(({ reason }) => reason === 'of a file')!;
  const page = await window();
  await goTo(page, 'Archives');
  await releaseOf(page, 'of a file').focus();
  await page.keyboard.press('Enter');
  await dialog(page)
    .getByText(/No key is kept any more for its \d+ media files/)
    .waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('Reason').and(page.locator(':focus')).waitFor();
  // Nothing is done without a reason.
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('textbox', { name: 'Reason' }).and(page.locator('[aria-invalid=true]')).waitFor();
  await page.keyboard.type('burnt in the yard');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'detached' });
  await row(page, 'of a file').waitFor({ state: 'detached' });
  // What had the focus is gone.
  await page.locator('main:focus').waitFor();
  await row(page, 'of another file').waitFor();
  expect((await kept.list()).map(archive => archive.id)).not.toContain(id);
  expect(await kept.auditedRelease(id)).toContain('burnt in the yard');
});

it('asks for the password where the login is too old, and says what was refused', async () => {
  const { id } = (await kept.list()).find(({ reason }) => reason === 'of another file')!;
  const page = await window();
  let refused = 0;
  // A session of 16 minutes would have to be waited for: once the server's own words come from here.
  await page.route('**/rcs/kept-archives/*/release', async route => {
    if (refused++ > 0) return route.continue();
    const body = JSON.stringify({ status: 403, title: 'Log in again', code: 'RCS_FRESH_LOGIN_REQUIRED' });
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body });
  });
  await goTo(page, 'Archives');
  await releaseOf(page, 'of another file').click();
  // Somebody else does it at the same time.
  expect(await kept.release(id)).toBe(200);
  await dialog(page).getByLabel('Reason').fill('burnt');
  await dialog(page).getByRole('button', { name: 'Release' }).click();
  const again = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await again.getByLabel('Password').fill(personOf(cluster.ready, 'alice').password);
  await again.getByRole('button', { name: 'Log in' }).click();
  await dialog(page).getByRole('alert').waitFor();
  expect(refused).toBe(2);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await row(page, 'of another file').waitFor({ state: 'detached' });
});

it('says on the page of a certificate how many need its key, and leads to them', async () => {
  const page = await window();
  await openCertificate(page);
  await page.getByRole('link', { name: '2: show them' }).click();
  await page.getByText(`Those alone that need the key of ${alias()}.`).waitFor();
  await row(page, 'of a third file').waitFor();
  await releaseOf(page, 'of a third file').click();
  await dialog(page).getByLabel('Reason').fill('burnt as well');
  await dialog(page).getByRole('button', { name: 'Release' }).click();
  await row(page, 'of a third file').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'All of them' }).click();
  await row(page, 'of a job').waitFor();
  await openCertificate(page);
  await page.getByRole('link', { name: '1: show them' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText(/archives that need its key: 1\.$/).waitFor();
});

it('says why they cannot be shown, and shows them again', async () => {
  const page = await window();
  await page.goto(`${cluster.ready.gateway}/console#/archives?certificate=nobody`);
  const all = page.getByRole('region', { name: 'Archives that keys are kept for' });
  await all.getByRole('alert').waitFor();
  await all.getByRole('link', { name: 'All of them' }).click();
  await row(page, 'of a job').waitFor();
});

it('shows nobody those of another contact center', async () => {
  const page = await window('alice', neighbour);
  await goTo(page, 'Archives');
  await section(page).getByText('No archive that was made here needs a key.').waitFor();
  expect(await section(page).getByRole('button').count()).toBe(0);
  await openCertificate(page);
  const count = page.locator('dt', { hasText: 'Archives that need its key' }).locator('xpath=following-sibling::dd[1]');
  expect(await count.innerText()).toBe('0');
  await page.goto(`${neighbour.gateway}/console#/archives?certificate=${alias()}`);
  await section(page).getByText(`No archive that was made here needs the key of ${alias()}.`).waitFor();
});

it('is for those who administer certificates, whether they make archives or not', async () => {
  const page = await window('dora', await someoneWith({ roles: ['agent'], privileges: ['administer-certificates'] }));
  await goTo(page, 'Archives');
  await row(page, 'of a job').waitFor();
  expect(await page.getByRole('button', { name: 'Make an archive' }).count()).toBe(0);
  expect(await page.getByRole('grid', { name: 'Archives', exact: true }).count()).toBe(0);
  expect(await page.getByRole('heading', { name: 'An archive each day' }).count()).toBe(0);
  expect(await section(page).getByRole('link').count()).toBe(0);
});

it('is for no other administrator', async () => {
  const page = await window('dora', await someoneWith({ roles: ['admin'], privileges: [] }));
  await goTo(page, 'Archives');
  await page.getByRole('heading', { name: 'An archive each day' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Archives that keys are kept for' }).count()).toBe(0);
});
