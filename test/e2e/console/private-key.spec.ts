import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { countInMemory } from '#test/cluster/process-memory.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { prefixProxy, type PrefixProxy } from './prefix-proxy.js';
import { goTo, logIn, openConsole, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-key-'));
const password = 'correct horse battery staple';
let cluster: RunningCluster;
let browser: Browser;
let admin: ConsoleWindow;
let page: Page;
/** Between the browser and the gateway: it sees what comes over the wire. */
let proxy: PrefixProxy;

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: work, stdio: 'pipe', timeout: 60_000 });
};
const file = (name: string): string => readFileSync(join(work, name), 'latin1');
const chosen = async (label: string, open: () => Promise<void>, name: string): Promise<void> => {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('group', { name: label }).getByRole('button', { name: 'Choose File' }).focus();
  await open();
  await (await chooser).setFiles(join(work, name));
  await page.getByText(name, { exact: true }).waitFor();
};

/** What of a private key nobody may have: its primes, as numbers and as they stand in its file. */
function secretsOf(name: string): Record<string, Buffer> {
  const jwk = createPrivateKey(file(name)).export({ format: 'jwk' });
  const lines = file(name).split('\n').slice(8, 20);
  const numbers = Object.entries({ p: jwk.p!, q: jwk.q!, d: jwk.d! }).map(
    ([part, text]) => [part, Buffer.from(text, 'base64url')] as const,
  );
  return {
    ...Object.fromEntries(numbers),
    // As OpenSSL keeps large numbers, the last word first.
    ...Object.fromEntries(numbers.map(([part, value]) => [`${part} reversed`, Buffer.from(value).reverse()])),
    ...Object.fromEntries(lines.map((line, index) => [`line ${String(index)}`, Buffer.from(line)])),
    password: Buffer.from(password),
  };
}

beforeAll(async () => {
  const subject = ['-subj', '/CN=Genesys Recording/C=US/ST=California/O=Genesys'];
  for (const name of ['first', 'second']) {
    openssl('genrsa', '-traditional', '-out', `${name}.key`, '2048');
    openssl('req', '-new', '-x509', '-key', `${name}.key`, '-out', `${name}.pem`, '-days', '3650', ...subject);
  }
  const encrypt = ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${password}`];
  openssl(...encrypt, '-in', 'second.key', '-out', 'second-encrypted.pem');
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  browser = await startChromium(work);
  proxy = await prefixProxy('/recordings', cluster.ready, work);
  admin = await openConsole(browser, `${proxy.origin}/recordings/`);
  page = admin.page;
  await logIn(page, cluster.ready, 'alice');
});
afterAll(async () => {
  expect(admin?.complaints).toEqual([]);
  await browser?.close();
  await proxy?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** The gateway has seen the upload; where a copy of the key was, it still is. */
function expectNowhere(secrets: Record<string, Buffer>): void {
  const nothing = Object.fromEntries(Object.keys(secrets).map(name => [name, 0]));
  expect(countInMemory(processIdOf('playback-gateway', cluster.ready.dataDir), secrets)).toEqual(nothing);
  const inBodies = Object.entries(secrets).filter(([, secret]) =>
    proxy.requests.some(body =>
      ['latin1', 'base64', 'base64url', 'hex'].some(form => body.includes(secret.toString(form as 'hex'))),
    ),
  );
  expect(inBodies.map(([name]) => name)).toEqual([]);
}

it('a certificate is uploaded by keyboard alone, and its private key reaches no gateway', async () => {
  const press = (key: string) => () => page.keyboard.press(key);
  const secrets = secretsOf('first.key');
  await page.getByRole('link', { name: 'Recording certificates', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Recording certificates' }).waitFor();
  await page.getByRole('button', { name: 'Upload', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Upload Certificate' }).waitFor();
  await chosen('Certificate File', press('Enter'), 'first.pem');
  await chosen('Key File', press('Space'), 'first.key');
  await page.getByLabel('Alias').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('by-keyboard');
  const save = page.getByRole('button', { name: 'Save' });
  for (let tabs = 0; tabs < 8 && (await save.and(page.locator(':focus')).count()) === 0; tabs++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'The certificate is uploaded' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('row').filter({ hasText: 'by-keyboard' }).waitFor();
  expect(proxy.requests.filter(body => body.includes('keyJwe'))).toHaveLength(1);
  expectNowhere(secrets);
});

it('a password is asked for where the key has one; a wrong one, and a key of another certificate, go nowhere', async () => {
  const click = () => page.getByRole('button', { name: 'Choose File' }).and(page.locator(':focus')).click();
  const uploads = () => proxy.requests.filter(body => body.includes('keyJwe')).length;
  const before = uploads();
  await goTo(page, 'Recording certificates');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await chosen('Certificate File', click, 'first.pem');
  await chosen('Key File', click, 'second-encrypted.pem');
  const field = page.getByLabel('Private Key Password');
  await field.fill('wrong');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('does not open with this password').waitFor();
  await field.fill(password);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('does not belong to this certificate').waitFor();
  expect(uploads()).toBe(before);
  await chosen('Certificate File', click, 'second.pem');
  await page.getByLabel('Alias').fill('with-password');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog', { name: 'The certificate is uploaded' }).waitFor();
  expect(uploads()).toBe(before + 1);
  expectNowhere(secretsOf('second.key'));
});

it('a file that holds certificate and key together gives away the certificate alone', async () => {
  await page.getByRole('button', { name: 'Close' }).click();
  execFileSync('sh', ['-c', 'cat first.key first.pem > both.pem'], { cwd: work, timeout: 10_000 });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await chosen('Certificate File', () => page.keyboard.press('Enter'), 'both.pem');
  expect(await page.getByLabel('Subject Name').inputValue()).toBe('Genesys Recording <Email not set>');
  expectNowhere(secretsOf('first.key'));
});
