import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { startCluster, type ReadyLine, type RunningCluster } from '#test/cluster/running-cluster.js';
import { ApacheServer } from '../../libs/media-storage/src/testing/apache-server.js';
import { axeFindings } from './console/axe-findings.js';
import { goTo, logIn, openConsole } from './console/console-page.js';
import { startChromium } from './chromium.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-storages-'));
let apache: ApacheServer;
let cluster: RunningCluster;
let other: ReadyLine;
let client: CurlClient;
let otherClient: CurlClient;

beforeAll(async () => {
  apache = await ApacheServer.start({ authentication: 'basic' });
  const environment = { RCS_SETTABLE_STORAGES: JSON.stringify([{ url: apache.url }]) };
  cluster = await startCluster(repository, join(work, 'data'), environment);
  mkdirSync(join(work, 'other'));
  other = await ownContactCenter(cluster.ready, join(work, 'other'), environment);
  client = new CurlClient(cluster, work);
  otherClient = new CurlClient({ ...cluster, ready: other }, join(work, 'other'));
});
afterAll(async () => {
  await cluster?.stop();
  await apache?.stop();
  rmSync(work, { recursive: true, force: true });
});

interface State {
  readonly location: string;
  readonly setFor?: string;
  readonly checkedAt: string;
  readonly problem?: string;
}

async function states(who = client.asUser('alice')): Promise<readonly State[]> {
  const { status, body } = await curl(...who, `${cluster.ready.gateway}/rcs/storages`);
  expect(status).toBe(200);
  return (JSON.parse(body.toString()) as { storages: State[] }).storages;
}
/** Of a storage that was set; workers look again after some seconds. */
async function stateWhen(location: string, problem: string | undefined): Promise<State | undefined> {
  for (const end = Date.now() + 60_000; ;) {
    const found = (await states()).find(state => state.setFor === location);
    if (found === undefined || found.problem === problem || Date.now() > end) return found;
    await delay(500);
  }
}
async function set(location: string, folder: string, password = apache.password): Promise<void> {
  const credential = { userName: apache.userName, password, storagePath: `${apache.url}${folder}` };
  const value = [{ storageType: 'webDAV', active: location !== '/old', credential }];
  const json = JSON.stringify({ name: 'storage', location, value });
  const body = ['-H', 'Content-Type: application/json', '--data-binary', json];
  const { status } = await curl(
    ...client.asUser('alice'),
    ...body,
    `${cluster.ready.gateway}/api/v2/settings/screen-recording`,
  );
  expect(status).toBe(200);
}

describe('the storages of a contact center', () => {
  it('of the configuration are shown, with what a worker saw of them', async () => {
    expect(await states()).toEqual([
      {
        kind: 'webDAV',
        location: expect.stringMatching(/^http/) as string,
        active: true,
        checkedAt: expect.stringMatching(/^\d{4}-/) as string,
        reachable: true,
        credentials: 'accepted',
        tls: expect.stringMatching(/^(none|trusted)$/) as string,
      },
    ]);
  });

  it('that it has set are shown beside them, and what is the matter with each', async () => {
    apache.write('munich/one.wav', Buffer.from('RIFF'));
    await set('/munich', '/munich');
    await set('/berlin', '/berlin');
    await set('/old', '/munich', 'another password');
    const url = apache.url;
    const byPlace = Object.fromEntries((await states()).map(state => [state.setFor ?? '', state]));
    expect(byPlace['/munich']).toMatchObject({ location: `${url}/munich`, reachable: true, credentials: 'accepted' });
    expect(byPlace['/munich']).not.toHaveProperty('problem');
    expect(byPlace['/berlin']).toMatchObject({ credentials: 'accepted', problem: 'folder-missing' });
    expect(byPlace['/old']).toMatchObject({
      active: false,
      credentials: 'refused',
      problem: 'credentials-refused',
      reason: 'It refuses the user name and the password, or the right to read.',
    });
  });

  it('are looked at now and then, however often somebody asks', async () => {
    const [first, again] = [await states(), await states()];
    expect(again.map(({ checkedAt }) => checkedAt)).toEqual(first.map(({ checkedAt }) => checkedAt));
  });

  it('are looked at anew as soon as they are set anew', async () => {
    await set('/old', '/munich');
    expect((await states()).find(({ setFor }) => setFor === '/old')).not.toHaveProperty('problem');
  });

  it('show no credentials, and no log has them', async () => {
    const { body } = await curl(...client.asUser('alice'), `${cluster.ready.gateway}/rcs/storages`);
    const logs = join(cluster.ready.dataDir, 'logs');
    for (const text of [body.toString(), ...readdirSync(logs).map(name => readFileSync(join(logs, name), 'latin1'))]) {
      expect(text).not.toContain(apache.password);
      expect(text).not.toContain('another password');
    }
    expect(body.toString()).not.toContain(apache.userName);
  });

  it('are for its own administrators alone', async () => {
    const gateway = `${cluster.ready.gateway}/rcs/storages`;
    expect((await curl(...client.asUser('bob'), gateway)).status).toBe(403);
    expect((await curl('--cacert', cluster.ready.caFile, gateway)).status).toBe(401);
    const seen = await states(otherClient.asUser('alice'));
    expect(seen.map(({ setFor }) => setFor)).toEqual([undefined]);
  });

  it('that is stopped is shown as such, and on the page of the system', async () => {
    const browser = await startChromium(work);
    try {
      const console_ = await openConsole(browser, cluster.ready.gateway, { viewport: { width: 1280, height: 900 } });
      const { page } = console_;
      await logIn(page, cluster.ready, 'alice');
      await goTo(page, 'System');
      const row = page.getByRole('region', { name: 'Storages' }).locator('tbody tr').filter({ hasText: '/munich' });
      await row.first().getByText('Readable', { exact: true }).waitFor();
      await apache.stop();
      expect(await stateWhen('/munich', 'unreachable')).toMatchObject({
        reachable: false,
        credentials: 'unknown',
        problem: 'unreachable',
        reason: 'Nothing answers there, as far as the worker can see.',
      });
      // The page sees it by itself.
      await row.first().getByText('Not readable', { exact: true }).waitFor();
      await row.first().getByText('Nothing answers there').waitFor();
      expect(await axeFindings(page, 'storages-failing')).toEqual([]);
      expect(console_.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
