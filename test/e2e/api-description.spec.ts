import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { managementPage } from '#test/cluster/management-page.js';
import { startChromium } from './chromium.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(180_000);

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const work = mkdtempSync(join(tmpdir(), 'rcs-api-'));
let cluster: RunningCluster;
let chromium: Browser | undefined;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
});

afterAll(async () => {
  await chromium?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

function get(path: string, ...options: string[]): Promise<CurlAnswer> {
  const { caFile, gateway } = cluster.ready;
  return curl('--cacert', caFile, ...options, gateway + path);
}

function asUser(): string[] {
  const { name, password } = cluster.ready.users[0]!;
  return ['--user', `${name}:${password}`];
}

it('the running gateway describes every route that it has, and no other', async () => {
  const answer = await managementPage(cluster.ready.management.gateway, '/routes');
  const { routes } = (await answer.json()) as { routes: { method: string; url: string }[] };
  const { openapi, paths } = JSON.parse((await get('/rcs/openapi.json', ...asUser())).body.toString()) as Description;
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  );
  const registered = routes.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  expect(described.sort()).toEqual(registered.sort());
});

it('the answers of this gateway are held to the description', () => {
  const lines = readFileSync(process.env.TEST_CLUSTER_ANSWERS ?? process.env.ANSWER_REPORT ?? '', 'utf8');
  expect(lines).toContain('"watching"');
});

it('a browser shows the description, and its policy stops nothing of the page', async () => {
  const { name: username, password } = cluster.ready.users[0]!;
  chromium = await startChromium(work);
  const page = await chromium.newPage({ ignoreHTTPSErrors: true, httpCredentials: { username, password } });
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(`${cluster.ready.gateway}/rcs/openapi`);
  const section = page.locator('#operations-tag-Playback');
  await section.waitFor({ timeout: 60_000 });
  await section.click();
  await page.getByText('Play a media file, decrypted').first().waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
});

it('the page is for users only, and has no other files than its own', async () => {
  expect((await get('/rcs/openapi')).status).toBe(401);
  expect((await get('/rcs/openapi/start.js')).status).toBe(401);
  expect((await get('/rcs/openapi/package.json', ...asUser())).status).toBe(404);
  const page = await get('/rcs/openapi', ...asUser());
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.headers['content-security-policy']).not.toContain('unsafe');
});
