import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startChromium } from '../chromium.js';
import { goTo, openConsole } from './console-page.js';
import {
  prefix,
  providerTimeoutMs,
  sessionIn,
  startLoginWorld,
  StepwiseBrowser,
  type GatewayAnswer,
  type LoginWorld,
} from './provider-login.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-openid-login-'));
const otherContactCenter = randomUUID();
let cluster: RunningCluster;
let world: LoginWorld;
let browser: Browser;
let steps: StepwiseBrowser;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  const { ready } = cluster;
  await withClusterStore(ready.dataDir, {}, store =>
    store.contactCenters.put({ id: otherContactCenter, name: 'Another one' }),
  );
  const here = { contact_center: ready.contactCenter, groups: ['/'] };
  const people = {
    olivia: { preferred_username: 'olivia', ...here, roles: ['admin'], privileges: ['administer-certificates'] },
    // The same name, elsewhere.
    namesake: { preferred_username: 'olivia', groups: ['/'], contact_center: otherContactCenter, roles: ['admin'] },
    rightless: { preferred_username: 'rightless', contact_center: ready.contactCenter, roles: ['something else'] },
    homeless: { preferred_username: 'homeless', contact_center: 'no such', roles: ['admin'] },
    recorder: { preferred_username: ready.ops.name, ...here, roles: ['admin'] },
  };
  world = await startLoginWorld(repository, ready, people, work);
  steps = new StepwiseBrowser(ready, world);
});
afterAll(async () => {
  await browser?.close();
  await steps?.stop();
  await world?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

interface MeAnswer {
  readonly user: { readonly userName: string; readonly roles: readonly string[]; readonly contactCenter?: string };
}

async function whoIs(cookie: string | undefined, gateway = world.gateways[0]): Promise<MeAnswer['user']> {
  const { body } = await steps.get(`${gateway}/api/v2/me`, { cookie: cookie ?? '' });
  return (JSON.parse(body) as MeAnswer).user;
}

/** Led back with that reason, and no session. */
function expectRefused(answer: GatewayAnswer, reason: string): void {
  expect(answer).toMatchObject({ status: 302, body: '' });
  expect(answer.location).toMatch(new RegExp(`^\\.\\./\\.\\./\\.\\./console\\?login=${reason}(#|$)`));
  expect(sessionIn(answer)).toBeUndefined();
}

describe('a log-in at the provider, against whoever is not the one who began it', () => {
  it('goes on at another gateway, and ends in a session of the very person', async () => {
    const [one, other] = world.gateways;
    const { to, cookie } = await steps.begin(one, '?returnTo=%2Fusers%3Fx%3D1');
    const { searchParams } = new URL(to);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('redirect_uri')).toBe(world.redirectUri);
    const answer = await steps.comeBack(other, await steps.logInAtProvider(to, 'olivia'), cookie);
    expect(answer.location).toBe('../../../console#/users?x=1');
    expect(await whoIs(sessionIn(answer), one)).toMatchObject({
      userName: 'olivia',
      roles: ['admin'],
      contactCenter: cluster.ready.contactCenter,
    });
    const audit = await steps.get(`${one}/rcs/audit?user=olivia&order=newest-first`, { cookie: sessionIn(answer)! });
    expect(audit.body).toContain('session, by the OpenID provider');
  });

  it('is kept in a cookie that no script, neighbour or open line gets, for ten minutes', async () => {
    const { setCookies } = await steps.get(`${world.gateways[0]}/console/login/openid`);
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(
      /^__Host-rcs-openid-login=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('is refused under another state, in another browser, and with a cookie that was changed', async () => {
    const [gateway] = world.gateways;
    const mine = await steps.begin(gateway);
    const theirs = await steps.begin(gateway);
    const query = await steps.logInAtProvider(theirs.to, 'olivia');
    // The log-in of an attacker, in the browser of somebody else.
    expectRefused(await steps.comeBack(gateway, query), 'stale');
    expectRefused(await steps.comeBack(gateway, query, mine.cookie), 'stale');
    const forged = query.replace(/state=[^&]+/, 'state=x');
    expectRefused(await steps.comeBack(gateway, forged, theirs.cookie), 'stale');
    const changed = theirs.cookie.replace(/.{4}$/, last => (last === 'AAAA' ? 'BBBB' : 'AAAA'));
    expectRefused(await steps.comeBack(gateway, query, changed), 'stale');
    expectRefused(await steps.comeBack(gateway, '', theirs.cookie), 'stale');
    // Nothing of this has spoilt it for who began it.
    expect(sessionIn(await steps.comeBack(gateway, query, theirs.cookie))).toBeDefined();
  });

  it('takes no code of another log-in, none of another issuer, none twice', async () => {
    const [gateway] = world.gateways;
    const mine = await steps.begin(gateway);
    const theirs = await steps.logInAtProvider((await steps.begin(gateway)).to, 'namesake');
    const state = new URL(mine.to).searchParams.get('state')!;
    // A code that was injected: the provider holds it against the verifier of the browser (RFC 7636).
    const injected = theirs.replace(/state=[^&]+/, `state=${state}`);
    expectRefused(await steps.comeBack(gateway, injected, mine.cookie), 'refused');
    const query = await steps.logInAtProvider(mine.to, 'olivia');
    const mixedUp = query.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example');
    expectRefused(await steps.comeBack(gateway, mixedUp, mine.cookie), 'refused');
    expectRefused(await steps.comeBack(gateway, query.replace(/&?iss=[^&]+/, ''), mine.cookie), 'refused');
    expectRefused(await steps.comeBack(gateway, `${query}&state=${state}`, mine.cookie), 'refused');
    expect(sessionIn(await steps.comeBack(gateway, query, mine.cookie))).toBeDefined();
    expectRefused(await steps.comeBack(gateway, query, mine.cookie), 'refused');
  });

  it.each([
    ['https://evil.example/'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['javascript:alert(1)'],
    ['/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1'],
    ['@evil.example'],
  ])('leads nowhere but to the console: %j', async returnTo => {
    const [gateway] = world.gateways;
    const { to, cookie } = await steps.begin(gateway, `?${new URLSearchParams({ returnTo }).toString()}`);
    const answer = await steps.comeBack(gateway, await steps.logInAtProvider(to, 'olivia'), cookie);
    expect(answer.location).toBe('../../../console#/');
  });

  it('is begun by no other site', async () => {
    const [gateway] = world.gateways;
    const answer = await steps.get(`${gateway}/console/login/openid`, { 'sec-fetch-site': 'cross-site' });
    expect(answer).toMatchObject({ status: 302, location: '../../console', setCookies: [] });
  });
});

describe('whom the provider lets in', () => {
  it('a namesake in another contact center is somebody else, and sees nothing of this one', async () => {
    const session = sessionIn(await steps.logIn(world.gateways[0], 'namesake'));
    expect(await whoIs(session)).toMatchObject({ userName: 'olivia', contactCenter: otherContactCenter });
    const { id } = cluster.ready.recordings[0]!;
    const answer = await steps.get(`${world.gateways[0]}/api/v2/recordings/${id}`, { cookie: session! });
    expect(answer.status).toBe(404);
  });

  it('somebody without rights may do nothing', async () => {
    const session = sessionIn(await steps.logIn(world.gateways[0], 'rightless'));
    expect(await whoIs(session)).toMatchObject({ userName: 'rightless', roles: [] });
    const { id } = cluster.ready.recordings[0]!;
    for (const path of [`/api/v2/recordings/${id}`, '/rcs/audit', '/rcs/users'])
      expect([path, (await steps.get(`${world.gateways[0]}${path}`, { cookie: session! })).status]).toEqual([
        path,
        403,
      ]);
  });

  it('nobody of no contact center, nobody of the name of the recorder, nobody who says no', async () => {
    const [gateway] = world.gateways;
    expectRefused(await steps.logIn(gateway, 'homeless'), 'refused');
    expectRefused(await steps.logIn(gateway, 'recorder'), 'refused');
    const { to, cookie } = await steps.begin(gateway);
    expectRefused(await steps.comeBack(gateway, await steps.logInAtProvider(to), cookie), 'refused');
  });

  it('nobody while it does not answer, and that is said in time', async () => {
    const [gateway] = world.gateways;
    const { to, cookie } = await steps.begin(gateway);
    const query = await steps.logInAtProvider(to, 'olivia');
    world.provider.pause();
    const began = performance.now();
    const answer = await steps.comeBack(gateway, query, cookie).finally(() => world.provider.resume());
    expectRefused(answer, 'unavailable');
    expect(performance.now() - began).toBeLessThan(20 * providerTimeoutMs);
  });
});

describe('the console, below a path of a proxy that replaces Host', () => {
  const withProvider = 'Log in with Example ID';
  const at = (place: string): string => `${world.proxy.origin}${prefix}${place}`;
  const choose = (page: Page, person: string): Promise<void> =>
    page.getByRole('link', { name: person, exact: true }).click();

  beforeAll(async () => {
    browser = await startChromium(work);
  });

  it('leads through the provider to the very place, and out of both again', async () => {
    const open = await openConsole(browser, at('/console/#/users'));
    const { page } = open;
    await page.getByRole('button', { name: withProvider }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('alert').getByText('The log-in was refused').waitFor();
    expect(page.url()).toBe(at('/console#/users'));
    await page.getByRole('button', { name: withProvider }).click();
    await choose(page, 'olivia');
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.getByRole('button', { name: withProvider }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    expect(open.complaints).toEqual([]);
    expect(world.proxy.outside).toEqual([]);
    await open.context.close();
  });

  it('a session that ends takes nothing with it: the provider opens beside the page', async () => {
    const open = await openConsole(browser, at('/console'));
    const { page, context } = open;
    await page.getByRole('button', { name: withProvider }).click();
    await choose(page, 'olivia');
    await goTo(page, 'Users');
    await page.getByRole('button', { name: 'Add user' }).click();
    const name = `dora-${String(Date.now())}`;
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill('a long password of dora 1');
    await context.clearCookies({ name: 'JSESSIONID' });
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    const beside = context.waitForEvent('page');
    await again.getByRole('button', { name: withProvider }).click();
    await beside;
    await page.getByRole('row').filter({ hasText: name }).waitFor();
    // Somebody else at the provider: the page is theirs, and nothing of the one before is sent.
    await context.clearCookies();
    await page.getByRole('button', { name: 'Refresh' }).click();
    const other = context.waitForEvent('page');
    await again.getByRole('button', { name: withProvider }).click();
    await choose(await other, 'rightless');
    await page.locator('.account-name').getByText('rightless').waitFor();
    expect(open.complaints).toEqual([]);
    await context.close();
  });

  it('an act on private keys has the provider ask who is there, however well it knows them', async () => {
    const open = await openConsole(browser, at('/console'));
    const { page, context } = open;
    await page.getByRole('button', { name: withProvider }).click();
    await choose(page, 'olivia');
    await goTo(page, 'Recording certificates');
    await page.getByRole('button', { name: 'Generate key' }).click();
    await page.getByLabel('Alias').fill('asked');
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    const beside = context.waitForEvent('page');
    const again = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await again.getByRole('button', { name: withProvider }).click();
    await choose(await beside, 'olivia');
    await page.getByRole('button', { name: 'Certificate request of asked' }).waitFor();
    expect(open.complaints).toEqual([]);
    await context.close();
  });

  it('media without a session have the browser open no window of its own', async () => {
    const { page, context } = await openConsole(browser, at('/console'));
    const refused = page.waitForResponse(response => response.url().includes('/play/'));
    const source = JSON.stringify(at(`/api/v2${cluster.ready.recordings[0]!.playPath}`));
    await page.evaluate(`void new Audio(${source}).play().catch(() => undefined)`);
    expect((await refused).status()).toBe(401);
    expect((await refused).headers()['www-authenticate']).toBe('Cookie realm="Recording Crypto Server"');
    await context.close();
  });
});
