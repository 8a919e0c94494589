import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from '#contracts';
import { certificateThumbprint } from '#grants';
import { Failures } from './world/failures.js';
import { fastIndex, PropertyCluster, type Route } from './world/property-cluster.js';
import { propertyRun, say } from './world/property-run.js';
import { Random } from './world/random.js';
import { archiveRecipientsOf } from './walls/archive-recipient.js';
import type { Attack } from './walls/attack.js';
import { attackers, type Attacker } from './walls/callers.js';
import { HttpTrial } from './walls/http-trial.js';
import { Looks, type Difference } from './walls/looks.js';
import type { Markers } from './walls/markers.js';
import type { Picture } from './walls/picture.js';
import { routeActs } from './walls/route-acts.js';
import { rpcActs, type RpcAct } from './walls/rpc-acts.js';
import { workerActs, WorkerDoor, workerPlaces } from './walls/worker-acts.js';
import { rpcNames, VaultCaller } from './walls/vault-callers.js';
import { contactCenterIds, WallGrounds } from './walls/wall-grounds.js';

jest.setTimeout(3_600_000);

const run = propertyRun('walls');
const random = new Random(run.seed);
const failures = new Failures('walls', run.seed);
const leastCountsFile = join(__dirname, 'walls/least-counts.json');

/** What fails until it is mended; a property that holds has none. */
const knownFailures: readonly string[] = [];
const knownRpcFailures: readonly string[] = [];

let cluster: PropertyCluster;
let grounds: WallGrounds;
let attack: Attack;
let picture: Picture;
let markers: Markers;

beforeAll(async () => {
  cluster = await PropertyCluster.start({
    ...fastIndex,
    ...archiveRecipientsOf(contactCenterIds[1]),
    // What is played seldom is opened again by the vault, what is played often comes from the worker's memory.
    RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '2000',
    RCS_SERVER_SETTINGS__CROSS_ORIGIN_SETTINGS: '{"corsFilterCacheTimeToLive":1}',
  });
  grounds = await WallGrounds.build(cluster, random, 45);
  ({ attack, picture, markers } = grounds);
});

afterAll(async () => {
  await grounds?.close();
  await cluster?.stop();
});

describe('nothing that contact center B does changes or shows anything of A', () => {
  let routes: Route[];
  let callers: Attacker[];

  beforeAll(async () => {
    routes = await cluster.routes();
    callers = attackers(cluster, attack.b);
  });

  it("A's picture has at least 40 answers, and stays the same while nobody does anything", async () => {
    expect(picture.size).toBeGreaterThanOrEqual(40);
    expect(await picture.look()).toEqual([]);
    expect(await picture.look()).toEqual([]);
  });

  it('every route of the running gateway has its place in the table', () => {
    const known = new Set(Object.keys(routeActs));
    const all = routes.map(({ method, url }) => `${method} ${url}`);
    expect(all.filter(route => !known.has(route))).toEqual([]);
    expect([...known].filter(route => !all.includes(route))).toEqual([]);
  });

  it('the door for everybody shows no metrics, no health and no routes', async () => {
    for (const path of ['/metrics', '/health/live', '/health/ready', '/routes', '/log-level']) {
      for (const { send } of callers) expect([401, 404]).toContain((await send({ method: 'GET', path })).status);
    }
  });

  it('whatever anybody of B tries over HTTP', async () => {
    const looks = new Looks(picture);
    const trial = new HttpTrial(grounds, failures);
    const changed = ({ suspects, detail }: Difference) =>
      failures.add({ kind: `changed: ${suspects} by anybody`, detail });
    let acts = 0;
    for (const { method, url } of routes) {
      const route = `${method} ${url}`;
      const before = acts;
      for (const caller of callers.filter(({ comesTo }) => comesTo?.(route) ?? true)) {
        for (const act of routeActs[route]?.(attack) ?? []) {
          await trial.attempt(route, caller, act);
          acts++;
          const seen = run.long ? await picture.look() : await picture.glance(4);
          for (const what of seen) trial.changes(route, caller, act, what);
        }
      }
      (await looks.after(route, acts - before)).forEach(changed);
    }
    (await looks.now()).forEach(changed);
    say(
      `walls: ${routes.length} routes x ${callers.length} callers, ${acts} acts, pictures of ${picture.size} answers`,
    );
    checkCounts({ routes: routes.length, callers: callers.length, acts }, failures);
    failures.explainFrom(cluster.logs);
    failures.check(knownFailures);
  });
});

describe('nothing that is said to the vault in the name of B opens, changes or shows anything of A', () => {
  const callers: VaultCaller[] = [];
  beforeAll(() => callers.push(...VaultCaller.all(cluster.ready)));
  afterAll(() => callers.forEach(caller => caller.close()));

  it('every RPC of the contract has its place in the table', () => {
    expect(rpcNames().sort()).toEqual(Object.keys(rpcActs).sort());
  });

  it('whoever has the files of whichever service', async () => {
    const rpcFailures = new Failures('walls of the vault', run.seed);
    const identityOf = (role: string) => callers.find(caller => caller.role === role)!;
    const gateway = identityOf('playback-gateway');
    const { reply } = await gateway.call('GetImportKey', {});
    const importKey = (reply as { publicKey: string }).publicKey;
    const looks = new Looks(picture);
    const changed = ({ suspects, detail }: Difference) => rpcFailures.add({ kind: `changed: ${suspects}`, detail });
    let acts = 0;
    for (const rpc of rpcNames()) {
      const before = acts;
      for (const caller of callers) {
        const { endpoint } = caller;
        const transportKeyId = await caller.transportKeyId();
        const holder = certificateThumbprint(new X509Certificate(caller.identity.certificatePem).raw);
        const tools = { attack, gateway: gateway.identity, endpoint, transportKeyId, holder, importKey };
        for (const act of (await rpcActs[rpc]?.(tools)) ?? []) {
          if (act.not?.includes(caller.role) === true) continue;
          const answer = await caller.call(rpc, act.request);
          acts++;
          const found = markers.in(
            { headers: {}, body: textOf(answer) },
            { method: rpc, path: '', json: spelled(act.request) },
          );
          const detail = `${textOf(act.request).toString().slice(0, 300)}: ${textOf(answer).toString().slice(0, 300)}`;
          if (found.length > 0)
            rpcFailures.add({ kind: `shows: ${rpc} by ${caller.role}`, detail: `${found.join(', ')} in ${detail}` });
          if (act.harmless !== true && (await succeeds(caller, act, answer)))
            rpcFailures.add({ kind: `succeeds: ${rpc} by ${caller.role}`, detail });
          if (['RCS_INTERNAL', 'RCS_TIMEOUT'].includes(answer.code))
            rpcFailures.add({ kind: `breaks: ${rpc} by ${caller.role}`, detail });
        }
      }
      (await looks.after(rpc, acts - before)).forEach(changed);
    }
    (await looks.now()).forEach(changed);
    say(`walls of the vault: ${rpcNames().length} RPCs x ${callers.length} roles, ${acts} acts`);
    checkCounts({ rpcs: rpcNames().length, roles: callers.length, rpcActs: acts }, rpcFailures);
    rpcFailures.explainFrom(cluster.logs);
    rpcFailures.check(knownRpcFailures);
  });
});

describe('nothing that a worker is asked in the name of B plays anything of A', () => {
  it('every path of the data plane has its place in the table', () => {
    const served = Object.values<unknown>(contracts).filter(
      value => typeof value === 'string' && /^\/v1\//.test(value),
    );
    expect(served.sort()).toEqual(Object.keys(workerPlaces).sort());
    const callers = VaultCaller.all(cluster.ready);
    const tried = new Set([...workerActs(attack, callers[0]!.identity)].map(({ path }) => path));
    callers.forEach(caller => caller.close());
    expect([...tried].sort()).toEqual(
      Object.keys(workerPlaces)
        .filter(path => workerPlaces[path] === 'tried')
        .sort(),
    );
  });

  it('with cold sessions and with warm ones', async () => {
    const workerFailures = new Failures('walls of the workers', run.seed);
    const callers = VaultCaller.all(cluster.ready);
    const gateway = callers.find(({ role }) => role === 'playback-gateway')!;
    const doors = WorkerDoor.all(cluster.ready, gateway.identity);
    let acts = 0;
    for (const { path, body, warm } of workerActs(attack, gateway.identity)) {
      for (const isWarm of [false, true]) {
        if (isWarm) for (let turn = 0; turn < 2; turn++) await attack.a.admin.get(warm);
        for (const door of doors) {
          const answer = await door.post(path, body);
          acts++;
          const found = markers.in({ headers: {}, body: answer.body }, { method: 'POST', path: '', json: body });
          const detail = `${warm}: ${answer.status} ${answer.body.toString('latin1').slice(0, 100)}`;
          if (found.length > 0 || answer.status < 400) workerFailures.add({ kind: isWarm ? 'warm' : 'cold', detail });
        }
      }
    }
    await Promise.all(doors.map(door => door.close()));
    callers.forEach(caller => caller.close());
    say(`walls of the workers: ${acts} acts`);
    checkCounts({ workerActs: acts }, workerFailures);
    workerFailures.explainFrom(cluster.logs);
    workerFailures.check();
  });
});

/** Where the answer has session keys, it succeeds when one of A's is among them. */
async function succeeds(
  caller: VaultCaller,
  { secrets }: RpcAct,
  { reply, code }: { readonly reply?: object; readonly code: string },
): Promise<boolean> {
  if (code !== 'ok') return false;
  if (secrets !== undefined) {
    const opened = await caller.sessionKeysIn(reply ?? {});
    return opened.some(key => secrets.some(secret => secret.equals(key)));
  }
  // A batch succeeds when one of its items does.
  const { outcomes } = reply as { outcomes?: { failure?: unknown }[] };
  return outcomes === undefined || outcomes.some(({ failure }) => failure === undefined || failure === null);
}

/** Bytes as people and answers write them. */
const spelled = (value: object): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      const bytes = part as { type?: string; data?: number[] } | null;
      return typeof bytes === 'object' && bytes?.type === 'Buffer' ? Buffer.from(bytes.data!).toString('base64') : part;
    }),
  );
const textOf = (value: object): Buffer => Buffer.from(JSON.stringify(spelled(value)));

/** Numbers only grow: what was tried once is tried forever. */
function checkCounts(counts: Readonly<Record<string, number>>, into: Failures): void {
  const least = JSON.parse(readFileSync(leastCountsFile, 'utf8')) as Readonly<Record<string, number>>;
  for (const [key, count] of Object.entries(counts)) {
    if (count >= (least[key] ?? 0)) continue;
    const detail = `${count} ${key} where there were ${least[key]}; if that is meant, write it into ${leastCountsFile}`;
    into.add({ kind: `fewer ${key}`, detail });
  }
  const grown = Object.entries(counts).filter(([key, count]) => count > (least[key] ?? 0));
  if (grown.length === 0) return;
  writeFileSync(leastCountsFile, `${JSON.stringify({ ...least, ...Object.fromEntries(grown) }, null, 2)}\n`);
}
