import { KeyPairs } from './media/key-pairs.js';
import { plaintextOf } from './media/plaintexts.js';
import { seal } from './media/sealed-media.js';
import { Bearers, rivalsOf, type Bearer } from './one-name/bearers.js';
import type { Answer } from './world/answer.js';
import type { Caller } from './world/caller.js';
import { mediaFileOf, type PropertyContactCenter } from './world/contact-center.js';
import { PropertyCluster } from './world/property-cluster.js';
import { propertyRun, say } from './world/property-run.js';
import { Random } from './world/random.js';

jest.setTimeout(3_600_000);

const run = propertyRun('one name');
const random = new Random(run.seed);
const rounds = run.count(5, 100);
const uploadsOfARound = 8;

interface Played {
  readonly path: string;
  readonly plaintext: Buffer;
  readonly of: Bearer;
}

/** A contact center, what it uploaded, and what was recorded for it: each recording twice, for two moments. */
class Tenant {
  readonly bearers: Bearer[] = [];
  readonly now: Played[] = [];
  readonly later: Played[] = [];

  constructor(
    readonly contactCenter: PropertyContactCenter,
    readonly admin: Caller,
  ) {}

  get name(): string {
    return this.contactCenter.id;
  }
}

let cluster: PropertyCluster;
let bearers: Bearers;
const tenants: [Tenant, Tenant][] = [];
let files = 0;

beforeAll(async () => {
  cluster = await PropertyCluster.start();
  const keys = rounds * uploadsOfARound;
  bearers = new Bearers(random, await KeyPairs.make(Math.ceil(Math.sqrt(2 * (keys + rounds))) + 2));
  const ids = Array.from({ length: rounds }, (_, round) => [`a${round}`, `b${round}`]).flat();
  const centers = await cluster.addContactCenters(ids, id => id);
  const people = await Promise.all(
    centers.map(center =>
      center.addPerson(`${center.id}-admin`, {
        roles: ['admin'],
        privileges: ['decrypt-recording', 'administer-certificates'],
      }),
    ),
  );
  const all = centers.map((center, index) => new Tenant(center, people[index]!));
  for (let round = 0; round < rounds; round++) tenants.push([all[2 * round]!, all[2 * round + 1]!]);
});
afterAll(() => cluster?.stop());

it('a recording made for a key plays whatever else bears its name, in its contact center and in others', () =>
  cluster.logs.shownAtFailure(everythingPlays));

async function everythingPlays(): Promise<void> {
  let [played, shared, gone] = [0, 0, 0];
  for (const [a, b] of tenants) {
    for (let upload = 0; upload < uploadsOfARound; upload++) await bring(random.pick([a, b]), random.pick([a, b]));
    for (const tenant of [a, b]) {
      for (const recording of tenant.now) await mustPlay(tenant, recording);
      played += tenant.now.length;
      shared += tenant.now.filter(({ of }) => rivalsOf(of, [...a.bearers, ...b.bearers]).length > 0).length;
    }
    await nothingIsDeletedThatIsNeeded(a);
    await spare(b);
    gone += await takeAway(b);
    for (const recording of a.later) await mustPlay(a, recording);
    played += a.later.length;
  }
  say(
    `one name: ${rounds} rounds, ${played} playbacks, ${shared} recordings whose name another key bears, too, ${gone} keys gone`,
  );
  expect(shared).toBeGreaterThan(rounds);
  expect(gone).toBeGreaterThanOrEqual(rounds);
}

/** Somebody uploads a certificate, mostly one of their own; sometimes the very pair that somebody else has. */
async function bring(tenant: Tenant, other: Tenant): Promise<void> {
  const alias = `certificate-${tenant.bearers.length}`;
  const copied = random.chance(0.2) && other !== tenant ? other.bearers.at(-1) : undefined;
  const isNew = !tenant.bearers.some(({ certificate }) => certificate === copied?.certificate);
  const bearer = copied !== undefined && isNew ? Bearers.copyOf(copied, alias) : bearers.draw(alias);
  const rivals = rivalsOf(bearer, tenant.bearers);
  const { contactCenter, admin } = tenant;
  const answer = await contactCenter.upload(admin, alias, bearer.certificate);
  if (rivals.length > 0) {
    expectAnswer(answer, 409, 'RCS_CERTIFICATE_SAME_NAME');
    expect(
      rivals.map(rival => JSON.stringify(rival.alias)).some(name => answer.body.toString().includes(escaped(name))),
    ).toBe(true);
    expect(answer.body.toString()).toContain('--same-name');
    expectAnswer(await contactCenter.upload(admin, alias, bearer.certificate, { sameName: true }), 201);
  } else {
    // What others have is silent: it neither hinders nor shows.
    expectAnswer(answer, 201);
  }
  tenant.bearers.push(bearer);
  tenant.now.push(await record(tenant, bearer));
  tenant.later.push(await record(tenant, bearer));
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

async function record(tenant: Tenant, of: Bearer): Promise<Played> {
  const plaintext = plaintextOf('wave', random);
  const layout = random.pick(['detached', 'attached', 'attached-stream'] as const);
  const sealed = seal(plaintext, layout, [bearers.recipient(of)]);
  const name = `${tenant.name}-${files++}.wav.bin`;
  await cluster.files.put(name, sealed.stored);
  const { contactCenter } = tenant;
  const { playPaths } = await contactCenter.mustInsert(
    contactCenter.insertion(name.toUpperCase(), [mediaFileOf(name, sealed)]),
  );
  return { path: playPaths[0]!, plaintext, of };
}

async function mustPlay({ name, admin }: Tenant, { path, plaintext, of }: Played): Promise<void> {
  const answer = await admin.get(path);
  const text = answer.status === 200 ? `${answer.body.length} bytes` : answer.body.toString();
  expect(`${name} ${of.alias} (${of.names.join(', ')}): ${answer.status} ${text}`).toBe(
    `${name} ${of.alias} (${of.names.join(', ')}): 200 ${plaintext.length} bytes`,
  );
  expect(answer.body.equals(plaintext)).toBe(true);
}

/** Every certificate has recordings, and a rival of the same name opens none of them. */
async function nothingIsDeletedThatIsNeeded({ admin, bearers: own }: Tenant): Promise<void> {
  for (const { alias } of own) {
    expectAnswer(await admin.sendPatiently({ method: 'DELETE', path: `/rcs/certificates/${alias}`, json: {} }), 409);
  }
}

/** One certificate that no recording needs, and that no name leads to but its own: its key may go whatever was drawn. */
async function spare({ contactCenter, admin, bearers: own }: Tenant): Promise<void> {
  const bearer = bearers.unrivalled(`spare-${own.length}`);
  expectAnswer(await contactCenter.upload(admin, bearer.alias, bearer.certificate), 201);
  own.push(bearer);
}

/** As much as the server lets them: certificates and keys. @returns how many keys went. */
async function takeAway({ admin, bearers: own }: Tenant): Promise<number> {
  let gone = 0;
  for (const { alias } of own) {
    const path = `/rcs/certificates/${alias}`;
    await admin.sendPatiently({ method: 'DELETE', path, json: { force: alias } });
    const { status } = await admin.sendPatiently({ method: 'DELETE', path: `${path}/key`, json: { confirm: alias } });
    if (status === 200) gone++;
  }
  return gone;
}

function expectAnswer({ status, body }: Answer, expected: number, code = ''): void {
  const text = body.toString();
  if (status === expected && text.includes(code)) return;
  throw new Error(`expected ${expected} ${code}, got ${status} ${text}`);
}
