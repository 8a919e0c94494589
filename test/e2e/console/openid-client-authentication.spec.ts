import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { sessionIn, startLoginWorld, StepwiseBrowser, type ClientAuthentication } from './provider-login.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-openid-clients-'));
const ways: readonly ClientAuthentication[] = ['client_secret_basic', 'client_secret_post', 'none'];
let cluster: RunningCluster;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe('a provider that wants to know its client', () => {
  it.each(ways)('by %s, and takes no other way, lets people in', async way => {
    const { ready } = cluster;
    const olivia = {
      preferred_username: 'olivia',
      contact_center: ready.contactCenter,
      groups: ['/'],
      roles: ['admin'],
    };
    const directory = join(work, way);
    mkdirSync(directory);
    const world = await startLoginWorld(repository, ready, { olivia }, directory, way);
    const steps = new StepwiseBrowser(ready, world);
    try {
      const answer = await steps.logIn(world.gateways[0], 'olivia');
      expect(answer.location).toBe('../../../console#/');
      const { body } = await steps.get(`${world.gateways[0]}/api/v2/me`, { cookie: sessionIn(answer) ?? '' });
      expect(JSON.parse(body)).toMatchObject({ user: { userName: 'olivia', roles: ['admin'] } });
    } finally {
      await steps.stop();
      await world.stop();
    }
  });
});
