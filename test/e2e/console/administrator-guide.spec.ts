import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { goTo, logIn, openConsole, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-console-guide-'));
const screenshots = join(repository, '.cache/screenshots');
const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';
let cluster: RunningCluster;
let browser: Browser;
let admin: ConsoleWindow;
let page: Page;
/** Another administrator, who looks at the list all the time. */
let second: ConsoleWindow;
/** What a hand does; the browser's own events have no place. */
const countClicks = `window.clicks = 0; addEventListener('click', ({ isTrusted, detail }) => {
  if (isTrusted && detail > 0) window.clicks++;
}, true);`;

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: work, encoding: 'utf8', stdio: 'pipe', timeout: 60_000 });
const screenshot = (name: string): Promise<Buffer> =>
  page.screenshot({ path: join(screenshots, `guide-${name}.png`), animations: 'disabled' });

/** As somebody does who clicks: the file comes from the window of the browser. */
async function chooseFile(label: string, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('group', { name: label }).getByRole('button', { name: 'Choose File' }).click();
  await (await chooser).setFiles(join(work, file));
}
const field = (label: string): Promise<string> => page.getByLabel(label, { exact: true }).inputValue();
const row = (name: string) => page.getByRole('row').filter({ hasText: name });

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  // The commands of the guide.
  openssl('genrsa', '-out', 'tenant.key', '2048');
  openssl('req', '-new', '-x509', '-key', 'tenant.key', '-out', 'tenant.pem', '-days', '3650', '-subj', subject);
  openssl(
    'pkcs8',
    '-topk8',
    '-inform',
    'pem',
    '-in',
    'tenant.key',
    '-outform',
    'pem',
    '-nocrypt',
    '-out',
    'private.pem',
  );
  cluster = await joinCluster(repository, work);
  browser = await startChromium(work);
  admin = await openConsole(browser, cluster.ready.gateway, { viewport: { width: 1280, height: 900 } });
  page = admin.page;
  await page.evaluate(countClicks);
  await logIn(page, cluster.ready, 'alice');
  second = await openConsole(browser, cluster.ready.gateway);
  await logIn(second.page, cluster.ready, 'alice');
  await goTo(second.page, 'Recording certificates');
  await second.page.getByRole('row').filter({ hasText: cluster.ready.certificates[0]!.alias }).waitFor();
});
afterAll(async () => {
  expect(admin?.complaints).toEqual([]);
  expect(second?.complaints).toEqual([]);
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe('the administrator guide, walked in a browser', () => {
  it('shows the list of recording certificates with its columns', async () => {
    await goTo(page, 'Recording certificates');
    await row(cluster.ready.certificates[0]!.alias).waitFor();
    const headers = await page.getByRole('columnheader').allInnerTexts();
    expect(headers.map(text => text.trim())).toEqual([
      'Issued To',
      'Serial No.',
      'Issued By',
      'Expires',
      'Deployed Count',
      'Recordings',
      'Status',
      'Alias',
    ]);
    await screenshot('1-list');
  });

  it('opens the panel, whose fields are empty', async () => {
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('dialog', { name: 'Upload Certificate' }).waitFor();
    for (const label of ['Subject Name', 'Serial Number', 'Subject DN', 'Issuer DN', 'Key Details'])
      expect([label, await field(label)]).toEqual([label, '']);
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await screenshot('2-panel');
  });

  it('fills the fields in as soon as the certificate is chosen', async () => {
    await chooseFile('Certificate File', 'tenant.pem');
    await page.getByText('tenant.pem').waitFor();
    const serial = BigInt(
      `0x${openssl('x509', '-in', 'tenant.pem', '-noout', '-serial').trim().replace('serial=', '')}`,
    );
    expect(await field('Subject Name')).toBe('Genesys Recording <Email not set>');
    expect(await field('Serial Number')).toBe(String(serial));
    expect(await field('Subject DN')).toBe('CN=Genesys Recording,C=US,ST=California,O=Genesys');
    expect(await field('Issuer DN')).toBe('CN=Genesys Recording,C=US,ST=California,O=Genesys');
  });

  it('says what kind of key it is, and asks for no password where it needs none', async () => {
    await chooseFile('Key File', 'tenant.key');
    await page.getByText('tenant.key').waitFor();
    expect(await field('Key Details')).toMatch(/format private key file, RSA 2048 bits$/);
    expect(await page.getByLabel('Private Key Password').count()).toBe(0);
    await screenshot('3-filled');
  });

  it('saves, shows key and alias, and the list has it', async () => {
    await page.getByRole('button', { name: 'Save' }).click();
    const done = page.getByRole('dialog', { name: 'The certificate is uploaded' });
    await done.waitFor();
    expect(await done.locator('dd').allInnerTexts()).toEqual([
      'Genesys Recording <Email not set>',
      expect.stringMatching(/^genesys-recording-/) as string,
      expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    ]);
    await screenshot('4-saved');
    expect(await page.evaluate('window.clicks')).toBeLessThanOrEqual(8);
    await done.getByRole('button', { name: 'Close' }).click();
    const uploaded = row('Genesys Recording <Email not set>').filter({ hasText: 'genesys-recording-' });
    await uploaded.waitFor();
    expect(await uploaded.innerText()).toContain('Valid');
    await screenshot('5-listed');
  });

  it('is seen by another session without a reload', async () => {
    await second.page.getByRole('row').filter({ hasText: 'genesys-recording-' }).waitFor({ timeout: 5_000 });
  });

  it('shows the details of the certificate that is clicked', async () => {
    await row('genesys-recording-').click();
    await page.getByRole('button', { name: 'Download certificate' }).waitFor();
    expect(await page.locator('dl').innerText()).toContain('CN=Genesys Recording,C=US,ST=California,O=Genesys');
    await screenshot('6-details');
  });

  it('takes the converted key of the other hosting variant as well, and knows the pair', async () => {
    await goTo(page, 'Recording certificates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await chooseFile('Certificate File', 'tenant.pem');
    await chooseFile('Key File', 'private.pem');
    await page.getByText('private.pem').waitFor();
    expect(await field('Key Details')).toMatch(/^PKCS#8/);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This very certificate was there already').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('assigns it to screen recordings: Add, the window, Save', async () => {
    await goTo(page, 'Screen recording certificates');
    await screenshot('7-screens');
    await page.getByRole('button', { name: 'Add' }).click();
    const select = page.getByRole('dialog', { name: 'Select Certificate' });
    await select
      .getByRole('row')
      .filter({ hasText: 'genesys-recording-' })
      .getByRole('checkbox')
      .check({ force: true });
    await screenshot('8-select');
    await select.getByRole('button', { name: 'Add' }).click();
    await row('genesys-recording-').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await row('genesys-recording-').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add' }).click();
    await select
      .getByRole('row')
      .filter({ hasText: 'genesys-recording-' })
      .getByRole('checkbox')
      .check({ force: true });
    await select.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expectSaved();
    await page.reload();
    await row('genesys-recording-').waitFor();
    await screenshot('9-assigned');
  });

  it('removes it, and warns that an empty list turns encryption off', async () => {
    await page.getByRole('checkbox', { name: 'Select All' }).check({ force: true });
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('screen recordings are not encrypted').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    const warning = page.getByRole('alertdialog');
    await warning.getByText('you will turn off encryption').waitFor();
    await screenshot('10-warning');
    await warning.getByRole('button', { name: 'Record unencrypted' }).click();
    await expectSaved();
    await page.reload();
    await page.getByText('screen recordings are not encrypted').waitFor();
  });
});

async function expectSaved(): Promise<void> {
  await page.locator('button:has-text("Save")[disabled]').waitFor();
}
