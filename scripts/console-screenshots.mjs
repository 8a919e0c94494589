/**
 * Takes the pictures of docs/screenshots: `node scripts/console-screenshots.mjs [.rcs/ready.json]` while a quickstart runs.
 * Somebody looks at each of them before it is committed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const repository = fileURLToPath(new URL('..', import.meta.url));
const target = join(repository, 'docs/screenshots');
const { gateway, users } = JSON.parse(readFileSync(process.argv[2] ?? join(repository, '.rcs/ready.json'), 'utf8'));
const [administrator] = users;
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const work = mkdtempSync(join(tmpdir(), 'rcs-screenshots-'));
const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';
const pair = ['-newkey', 'rsa:2048', '-noenc', '-keyout', 'tenant.key', '-out', 'tenant.pem'];
execFileSync('openssl', ['req', '-new', '-x509', ...pair, '-days', '3650', '-subj', subject], {
  cwd: work,
  stdio: 'pipe',
});

mkdirSync(target, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
});

async function walk(colorScheme, steps) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
    colorScheme,
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const picture = name => page.screenshot({ path: join(target, `${name}.png`), animations: 'disabled' });
  const goTo = async title => {
    await page
      .getByRole('navigation', { name: 'Pages', exact: true })
      .getByRole('link', { name: title, exact: true })
      .click();
    await page.locator('tbody tr, tbody [role=row]').first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
  };
  await page.goto(gateway);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await steps({ page, picture, goTo, logIn: () => logIn(page) });
  await context.close();
}

async function logIn(page) {
  await page.getByLabel('User name').fill(administrator.name);
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
}

async function chooseFile(page, label, name) {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('group', { name: label }).getByRole('button', { name: 'Choose File' }).click();
  await (await chooser).setFiles(join(work, name));
  await page.getByText(name, { exact: true }).waitFor();
}

/** The recording with a screen beside the call, which shows all that the player has. */
async function openPlayer(page) {
  await page.getByRole('row').filter({ hasText: 'Screen' }).filter({ hasText: '+' }).first().click();
  await page.getByRole('button', { name: /^Play/ }).first().waitFor();
  await page.waitForTimeout(2_500);
}

await walk('light', async ({ page, picture, goTo, logIn: enter }) => {
  await picture('login');
  await enter();
  await goTo('Recordings');
  await picture('recordings');
  await openPlayer(page);
  await picture('player');
  await goTo('Recording certificates');
  await picture('recording-certificates');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await chooseFile(page, 'Certificate File', 'tenant.pem');
  await chooseFile(page, 'Key File', 'tenant.key');
  await picture('upload');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Download certificate' }).waitFor();
  await picture('certificate');
  await goTo('Archives');
  await page.getByRole('button', { name: 'Make an archive' }).click();
  await page.getByLabel('Reason').fill('Case 4711');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('link', { name: 'Download part 1' }).waitFor();
  for (const [title, name] of [
    ['Archives', 'archives'],
    ['Screen recording certificates', 'screen-recording-certificates'],
    ['Audit', 'audit'],
    ['Users', 'users'],
    ['System', 'system'],
  ]) {
    await goTo(title);
    await picture(name);
  }
});
await walk('dark', async ({ page, picture, goTo, logIn: enter }) => {
  await enter();
  await goTo('Recordings');
  await openPlayer(page);
  await picture('player-dark');
});
await browser.close();
rmSync(work, { recursive: true });
