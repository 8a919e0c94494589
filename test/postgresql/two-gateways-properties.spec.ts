import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { workDirectory } from '#test/cluster/work-directory.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { countInTier } from '#test/tier.js';
import { clockEnvironment, historiesOn } from '../properties/histories/histories-on-one-server.js';
import { attackers } from '../properties/walls/callers.js';
import { HttpTrial } from '../properties/walls/http-trial.js';
import { routeActs } from '../properties/walls/route-acts.js';
import { WallGrounds } from '../properties/walls/wall-grounds.js';
import { Failures } from '../properties/world/failures.js';
import { fastIndex, PropertyCluster } from '../properties/world/property-cluster.js';
import { propertyRun, say } from '../properties/world/property-run.js';
import { Random } from '../properties/world/random.js';

jest.setTimeout(3_600_000);

const run = propertyRun('two gateways');
const random = new Random(run.seed);

/** Properties of the whole server once more; the gateways take turns, so that each answers for what the other did. */
describe('of two gateways that share PostgreSQL and Redis alone', () => {
  const work = workDirectory('rcs-two-gateways-');
  const clockFile = join(work, 'clock');
  let database: PostgresqlServer;
  let cluster: PropertyCluster;

  beforeAll(async () => {
    database = await PostgresqlServer.start();
    await database.execute('CREATE DATABASE rcs');
    cluster = await PropertyCluster.startWithTwoGateways({
      ...fastIndex,
      ...clockEnvironment(clockFile),
      RCS_STORE__KIND: 'postgresql',
      RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
      RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
      RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
      RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
      // Links have it, whichever gateway answers.
      RCS_SERVER_SETTINGS__EXTERNAL_URL: 'https://recordings.example.org',
      RCS_SERVER_SETTINGS__CROSS_ORIGIN_SETTINGS: '{"corsFilterCacheTimeToLive":1}',
    });
  });

  afterAll(async () => {
    await cluster?.stop();
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  it('neither lets a contact center change or see anything of another', async () => {
    const failures = new Failures('walls of two gateways', run.seed);
    const grounds = await WallGrounds.build(cluster, random, 8);
    const trial = new HttpTrial(grounds, failures);
    const { attack, picture } = grounds;
    await picture.look();
    const callers = attackers(cluster, attack.b);
    const all = Object.entries(routeActs).flatMap(([route, acts]) =>
      callers
        .filter(({ comesTo }) => comesTo?.(route) ?? true)
        .flatMap(caller => acts(attack).map(act => ({ route, caller, act }))),
    );
    const tried = random.sample(all, countInTier(100, 100, all.length));
    for (const { route, caller, act } of tried) {
      await trial.attempt(route, caller, act);
      for (const what of await picture.glance(4)) trial.changes(route, caller, act, what);
    }
    for (const what of await picture.look()) failures.add({ kind: 'changed: by anybody', detail: what });
    await grounds.close();
    say(`walls of two gateways: ${tried.length} of ${all.length} acts, pictures of ${picture.size} answers`);
    failures.explainFrom(cluster.logs);
    failures.check();
  });

  it('neither makes a recording unplayable by an act that succeeds', async () => {
    const failures = new Failures('histories of two gateways', run.seed);
    const numbers = Array.from({ length: countInTier(3, 3, 50) }, (_, number) => number);
    const counts = await historiesOn({
      ...{ cluster, clockFile, numbers, random: random.fork(), failures },
      stepsBetweenDisturbances: 45,
    });
    say(`histories of two gateways: ${numbers.length}, ${JSON.stringify(counts)}, ${failures.count} failures`);
    failures.check();
    expect(counts.disturbances).toBeGreaterThan(0);
  });
});
