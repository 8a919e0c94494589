import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { describedRoutes, resolverOf, type ApiDocument, type Route } from '#test/http-fuzz/described-routes.js';
import { FuzzConnections } from '#test/http-fuzz/fuzz-connection.js';
import { FuzzRun, type FuzzReport } from '#test/http-fuzz/fuzz-run.js';
import { RequestMaker, type Senders } from '#test/http-fuzz/made-requests.js';
import { describeFigures, grown } from '#test/http-fuzz/fuzz-verdict.js';
import { HeldMemory, type HeldByAll } from '#test/http-fuzz/held-memory.js';
import { percentile99, WatchedPlayback } from '#test/http-fuzz/watched-playback.js';
import { managementPage } from '#test/cluster/management-page.js';
import { seededRandom } from '../../libs/cms/src/testing/fuzz/mutations.js';
import { CertificateAdministrator } from './certificate-administrator.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

/** `npm run fuzz -- http` says how long; here 20,000 requests, and no longer than a minute. */
const given = process.env.HTTP_FUZZ_SECONDS;
const isLong = given !== undefined;
const bounds = { requests: isLong ? Infinity : 20_000, seconds: Number(given ?? 60), connections: 32 };
/** One for the minute in every run of the tests, which notices what a change breaks; the long run draws its own. */
const shortRunSeed = 800_879_539;
const seed = Number(process.env.HTTP_FUZZ_SEED ?? (isLong ? Date.now() % 1_000_000_000 : shortRunSeed));
/** Until every kind of request has been there, and with it the code that serves it. */
const warmUp = isLong ? Math.max(60, bounds.seconds / 6) : 15;
/** Of the playback alone, before and after each stretch: what else the machine has to do is in both measures. */
const calmMs = isLong ? 15_000 : 3000;
const stretches = isLong ? 3 : 2;
const mostStretches = 6;

jest.setTimeout((bounds.seconds + warmUp) * 2000 + 300_000);

/** Collects garbage when it is told to. */
const collecting = `--require ${join(__dirname, '../support/http-fuzz/collect-garbage.cjs')}`;

const work = mkdtempSync(join(tmpdir(), 'rcs-http-fuzz-'));
let cluster: RunningCluster;
let client: CurlClient;
let gateway: number;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${collecting}`.trim(),
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ address: 127.0.0.1 }]',
    // Whoever sends half a request shall not hold a connection of the fuzzer for long.
    RCS_SERVER_SETTINGS__REQUEST_HEADERS_TIMEOUT_MS: '1000',
    RCS_SERVER_SETTINGS__REQUEST_TIMEOUT_MS: '2000',
    RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{ failuresPerUser: 10000, failuresPerAddress: 100000 }',
  });
  client = new CurlClient(cluster, work);
  gateway = processIdOf('playback-gateway', cluster.ready.dataDir);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const basic = ({ name, password }: { name: string; password: string }): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** One that plays for several seconds at the pace of the player. */
async function watchedRecording() {
  const demo = (await client.play(cluster.ready.recordings[0]!.playPath)).body;
  const media = Buffer.concat(Array.from({ length: 40 }, () => demo));
  const administrator = new CertificateAdministrator(cluster, work);
  const certificate = `demo=${cluster.ready.certificates[0]!.file}`;
  const path = await administrator.record(client.write('watched.mp3', media), '--certificate', certificate);
  // Some of those who send may remove recordings, and guess well: what is held stays.
  const id = path.split('/')[2]!;
  const json = ['--header', 'Content-Type: application/json', '--data', JSON.stringify({ reason: 'it is watched' })];
  expect((await administrator.send(`/rcs/recordings/${id}/holds`, ...json)).status).toBe(201);
  const [user] = cluster.ready.users;
  return { url: client.playUrl(path), ca: readFileSync(cluster.ready.caFile), user: user!, media };
}

async function senders(): Promise<Senders> {
  const { gateway: url, contactCenter, users, ops, recordings } = cluster.ready;
  const body = JSON.stringify({ id: 'fuzz-of-a-test', contactCenter });
  const registration = ['-H', 'Content-Type: application/json', '-d', body, `${url}/key-management/v1/auth`];
  const registered = await curl(...client.asOps(), ...registration);
  expect(registered.status).toBe(200);
  const [recording] = recordings;
  return {
    host: new URL(url).host,
    gateway: url,
    credentials: [...users, ops].map(basic),
    hawk: JSON.parse(registered.body.toString()) as Senders['hawk'],
    real: {
      id: [recording!.id],
      leaf: [recording!.playPath.split('/').at(-1)!],
      alias: ['demo'],
      contactCenter: [contactCenter],
    },
  };
}

async function routes(): Promise<readonly Route[]> {
  const listed = await managementPage(cluster.ready.management.gateway, '/routes');
  return ((await listed.json()) as { routes: readonly Route[] }).routes;
}

/** Undefined while the gateway is the process that it was. */
function trouble(): string | undefined {
  try {
    process.kill(gateway, 0);
    return undefined;
  } catch {
    return `the gateway has ended: ${gatewayLog().split('\n').slice(-3).join('\n')}`;
  }
}

const gatewayLog = (): string => readFileSync(join(cluster.ready.dataDir, 'logs', 'playback-gateway.log'), 'utf8');

const line = (text: string): void => void process.stderr.write(`${text}\n`);
const counted = (report: FuzzReport): string => {
  const statuses = Object.entries(report.byStatus).map(([status, count]) => `${status}: ${count}`);
  return `${report.requests} requests in ${report.seconds.toFixed(0)} s; ${statuses.join(', ')}`;
};

/** Says once a minute what each process holds at that moment. */
function sayEveryMinute(memory: HeldMemory): () => void {
  let minute = 0;
  const timer = setInterval(() => {
    minute += 1;
    const held = memory.resident().map((megabytes, index) => `${memory.names[index]} ${megabytes.toFixed(0)}`);
    line(`minute ${minute}: ${held.join(', ')} MB with garbage`);
  }, 60_000);
  return () => clearInterval(timer);
}

it('whatever is sent to whichever route: the gateway lives, answers, forgets it, and plays on', async () => {
  line(`seed ${seed}: npm run fuzz -- http --seed ${seed}`);
  const random = seededRandom(seed);
  const document = JSON.parse((await client.get('/rcs/openapi.json')).body.toString()) as ApiDocument;
  const described = describedRoutes(await routes(), document);
  expect(described.length).toBeGreaterThan(70);
  const recording = await watchedRecording();
  const connections = new FuzzConnections(cluster.ready.gateway, recording.ca);
  const maker = new RequestMaker(await senders(), resolverOf(document), random);
  const fuzz = new FuzzRun(described, maker, connections, random);
  const memory = new HeldMemory(cluster.ready);

  const playback = new WatchedPlayback(recording);
  const calm: number[] = [];
  const busy: number[] = [];
  const held: HeldByAll[] = [];
  const rest = async (): Promise<void> => {
    playback.takeTimes();
    await sleep(calmMs);
    calm.push(...playback.takeTimes());
  };
  const settle = async (): Promise<void> => {
    held.push(await memory.settled());
    await rest();
  };
  const stretch = (seconds: number) => fuzz.run({ ...bounds, requests: bounds.requests / stretches, seconds }, trouble);

  await rest();
  const stopSaying = sayEveryMinute(memory);
  let report = await stretch(warmUp);
  await settle();
  // Half a minute may be too short for the allocator to find its size; what leaks goes on in each further one.
  const isOver = (count: number): boolean =>
    count >= stretches &&
    (isLong || count >= mostStretches || grown({ processes: memory.names, held }, stretches).length === 0);
  for (let count = 0; !isOver(count); count++) {
    report = await stretch(bounds.seconds / stretches);
    busy.push(...playback.takeTimes());
    await settle();
  }
  stopSaying();
  const { whole, wrong } = await playback.stop();
  const figures = {
    processes: memory.names,
    held,
    calmMs: percentile99(calm),
    busyMs: percentile99(busy),
  };
  const verdict = {
    findings: report.findings,
    unasked: described.filter(({ method, url }) => !report.byRoute.has(`${method} ${url}`)),
    ended: memory.ended(cluster.ready.dataDir),
    wrong,
    grown: grown(figures, stretches),
  };
  line(`${counted(report)}; ${whole} playbacks were whole\n${describeFigures(figures)}`);
  line(`verdict: ${JSON.stringify(verdict)}`);

  expect(verdict).toEqual({ findings: [], unasked: [], ended: [], wrong: [], grown: [] });
  expect(whole).toBeGreaterThan(0);
  expect(gatewayLog()).not.toContain('"level":"fatal"');
  if (!isLong) return;
  expect(figures.busyMs).toBeLessThanOrEqual(2 * figures.calmMs);
});
