import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { goTo, logIn, openConsole, rowsOf, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-acts-'));
let cluster: RunningCluster;
let browser: Browser;
let admin: ConsoleWindow;
let page: Page;

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: work, stdio: 'pipe', timeout: 60_000 });
};
const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.locator('[role=dialog], [role=alertdialog]');
const demo = () => cluster.ready.certificates[0]!.alias;

async function openCertificate(alias: string): Promise<void> {
  await goTo(page, 'Recording certificates');
  await rowsOf(page, 'Recording certificates', alias).click();
  await page.getByRole('heading', { level: 1, name: alias }).waitFor();
  await button('Download certificate').waitFor();
}
/** Presses a button of the dialog that is open, which closes it. */
async function confirm(name: string): Promise<void> {
  await dialog().getByRole('button', { name, exact: true }).click();
  // Whoever reads a failure wants to know what the dialog says.
  const open = dialog();
  await expect(open.waitFor({ state: 'detached' }).catch(() => open.innerText())).resolves.toBeUndefined();
}

beforeAll(async () => {
  const authority = ['-newkey', 'rsa:2048', '-noenc', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '500'];
  openssl('req', '-x509', ...authority, '-subj', '/CN=Root', '-addext', 'keyUsage=critical,keyCertSign');
  cluster = await startCluster(join(__dirname, '../../..'), join(work, 'data'), {
    RCS_RECORDING_CERTIFICATES__ROOT_CA_FILE: join(work, 'ca.pem'),
  });
  browser = await startChromium(work);
  admin = await openConsole(browser, cluster.ready.gateway);
  page = admin.page;
  await logIn(page, cluster.ready, 'alice');
});
afterAll(async () => {
  expect(admin?.complaints).toEqual([]);
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe('what becomes of certificates, in the console', () => {
  it('a key is made in the token, and the certificate that was issued for it attached', async () => {
    await goTo(page, 'Recording certificates');
    await button('Generate key').click();
    await page.getByLabel('Alias').fill('made');
    await confirm('Generate');
    await button('Certificate request of made').click();
    await page.getByLabel('Subject DN').fill('CN=Genesys Recording,O=Genesys,C=US');
    await button('Make the request').click();
    const request = page.getByLabel('Certificate request', { exact: true });
    await request.waitFor();
    writeFileSync(join(work, 'made.csr'), await request.inputValue());
    const issued = ['-days', '400', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'made.pem'];
    openssl('x509', '-req', '-in', 'made.csr', ...issued);
    execFileSync('sh', ['-c', 'cat made.pem ca.pem > chain.pem'], { cwd: work, timeout: 10_000 });
    await button('Close').click();
    await button('Attach a certificate to made').click();
    const chooser = page.waitForEvent('filechooser');
    await button('Choose File').click();
    await (await chooser).setFiles(join(work, 'chain.pem'));
    await page.getByText('chain.pem', { exact: true }).waitFor();
    await confirm('Attach certificate');
    await page.getByRole('row').filter({ hasText: 'made' }).filter({ hasText: 'Root' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Keys that wait for their certificate' }).count()).toBe(0);
  });

  it('is assigned to an IVR profile, and the successor takes its place', async () => {
    await openCertificate(demo());
    await button('Assign').click();
    await dialog().getByLabel('IVR profile').fill('support');
    await confirm('Assign');
    await page.getByText('IVR profile support').waitFor();
    await button('Renew').click();
    await dialog().getByText('made').first().waitFor();
    await confirm('Renew');
    await page.getByText('IVR profile support').waitFor({ state: 'detached' });
    await openCertificate('made');
    await page.getByText('IVR profile support').waitFor();
  });

  it('its recordings are wrapped anew, and the page shows how far that is', async () => {
    await openCertificate(demo());
    await button('Re-wrap').click();
    await confirm('Start');
    await page.getByRole('progressbar', { name: `${demo()} to made` }).waitFor();
    await page.getByText(/Done · .* of 2/).waitFor();
  });

  it('what needs it is counted before it is deleted, and typed', async () => {
    await openCertificate('made');
    await button('Delete').click();
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog()
      .getByText(/is assigned/)
      .waitFor();
    expect(await dialog().getByRole('button', { name: 'Delete all the same' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Type made to confirm').fill('made');
    await confirm('Delete all the same');
    await page.getByText('Deleted', { exact: true }).first().waitFor();
  });

  it('its key is removed in a second act, and restored', async () => {
    await button('Remove private key').click();
    await dialog().getByLabel('Type made to confirm').fill('made');
    await confirm('Remove private key');
    await page.getByText('Can be restored at least until').waitFor();
    await button('Restore private key').click();
    await confirm('Restore');
    await button('Remove private key').waitFor();
  });

  it('an act on keys that needs a fresh login asks for the password, and goes on', async () => {
    let refused = 0;
    // A session of 16 minutes would have to be waited for: once the server's own words come from here.
    await page.route('**/rcs/keys', async route => {
      if (route.request().method() !== 'POST' || refused++ > 0) return route.continue();
      const body = JSON.stringify({ status: 403, title: 'Log in again', code: 'RCS_FRESH_LOGIN_REQUIRED' });
      return route.fulfill({ status: 403, contentType: 'application/problem+json', body });
    });
    await goTo(page, 'Recording certificates');
    await button('Generate key').click();
    await page.getByLabel('Alias').fill('fresh');
    await dialog().getByRole('button', { name: 'Generate', exact: true }).click();
    const again = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await again.getByLabel('Password').fill(personOf(cluster.ready, 'alice').password);
    await again.getByRole('button', { name: 'Log in' }).click();
    await button('Certificate request of fresh').waitFor();
    expect(refused).toBe(2);
  });

  it('the audit has it, and each record is verified in the browser', async () => {
    await goTo(page, 'Audit');
    await page.getByLabel('User', { exact: true }).fill(personOf(cluster.ready, 'alice').name);
    await button('Search').click();
    await rowsOf(page, 'Audit', 'certificate-deleted').first().click();
    const verified = page.getByText('The record is as it was written');
    // The newest records wait for the next checkpoint.
    await expect(
      (async () => {
        for (const end = Date.now() + 90_000; Date.now() < end && (await verified.count()) === 0;) {
          await button('Verify').click();
          await page.waitForTimeout(1_000);
        }
        return verified.count();
      })(),
    ).resolves.toBe(1);
    await page.getByText('stands in its place in the tree').waitFor();
    await button('Close').click();
  });

  it('the system is looked at, every recording opened anew, and a credential of a service made and revoked', async () => {
    await goTo(page, 'System');
    await page.getByText('Vaults, tokens and workers are there.').waitFor();
    await button('Prove all now').click();
    await page.getByText(/^[1-9]\d* of \d+ media files opened anew$/).waitFor();
    await page.getByRole('columnheader', { name: 'Opens', exact: true }).waitFor();
    await button('Register a credential').click();
    await dialog().getByLabel('Id').fill('service-one');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('This key is shown this once').waitFor();
    await button('Close').click();
    await button('Revoke service-one').click();
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
  });

  it('who decrypts sees the list, and nothing to do with it', async () => {
    const viewer = await openConsole(browser, cluster.ready.gateway);
    await logIn(viewer.page, cluster.ready, 'bob');
    await goTo(viewer.page, 'Recording certificates');
    await viewer.page.getByRole('row').filter({ hasText: demo() }).waitFor();
    expect(await viewer.page.getByRole('button', { name: /Upload|Generate/ }).count()).toBe(0);
    await viewer.page.getByRole('row').filter({ hasText: demo() }).click();
    await viewer.page.getByRole('button', { name: 'Download certificate' }).waitFor();
    expect(await viewer.page.getByRole('button', { name: /Delete|Renew|Assign|Re-wrap/ }).count()).toBe(0);
    expect(viewer.complaints).toEqual([]);
    await viewer.context.close();
  });
});
