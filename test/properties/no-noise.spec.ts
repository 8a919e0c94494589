import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openssl } from '../e2e/external-tools.js';
import { KeyPairs } from './media/key-pairs.js';
import { makeCertificate, type MadeCertificate } from './media/made-certificate.js';
import { OpensslOracle, whyHeard } from './no-noise/judge.js';
import { drawCase, type Hands, type StoredCase } from './no-noise/stored-case.js';
import type { Answer } from './world/answer.js';
import { brokenOff, type Caller } from './world/caller.js';
import { mediaFileOf, type PropertyContactCenter } from './world/contact-center.js';
import { fastIndex } from './world/property-cluster.js';
import { Failures } from './world/failures.js';
import { PropertyCluster } from './world/property-cluster.js';
import { propertyRun, say } from './world/property-run.js';
import { Random } from './world/random.js';
import { sideBySide } from './world/side-by-side.js';

jest.setTimeout(3_600_000);

const run = propertyRun('no noise');
const random = new Random(run.seed);
const failures = new Failures('no-noise', run.seed);
/** Requests at once: enough for the server to be busy all the time. */
const atOnce = 12;

/** What fails until it is mended; a property that holds has none. */
const knownFailures: readonly string[] = [];

let cluster: PropertyCluster;
let contactCenter: PropertyContactCenter;
let admin: Caller;
let hands: Hands;
let oracle: OpensslOracle;

beforeAll(async () => {
  cluster = await PropertyCluster.start(fastIndex);
  [contactCenter] = (await cluster.addContactCenters(['quiet'], id => id)) as [PropertyContactCenter];
  const privileges = ['decrypt-recording', 'administer-certificates'];
  admin = await contactCenter.addPerson('quiet-admin', { roles: ['admin'], privileges });
  const pairs = await KeyPairs.make(4, random.fork());
  const aliases = ['first', 'second'];
  // The same certificates in every run of a seed.
  const made = (name: string): MadeCertificate =>
    makeCertificate({ pair: pairs.take(), name, serialNumber: random.bytes(12) });
  const ours = aliases.map(alias => ({ alias, certificate: made(alias) }));
  const file = (name: string): string => join(cluster.work, name);
  for (const { alias, certificate } of ours) {
    const answer = await contactCenter.upload(admin, alias, certificate);
    if (answer.status !== 201) throw new Error(answer.body.toString());
    await writeFile(file(`${alias}.pem`), certificate.pem);
    await writeFile(file(`${alias}.key`), certificate.pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  }
  oracle = new OpensslOracle(cluster.work, aliases);
  let number = 0;
  hands = {
    random,
    ours,
    stranger: made('stranger'),
    openssl: async plaintext => {
      const [input, output] = [file(`openssl-${number}.in`), file(`openssl-${number++}.out`)];
      await writeFile(input, plaintext);
      const form = random.pick([
        ['-outform', 'DER'],
        ['-outform', 'PEM'],
        ['-outform', 'DER', '-stream'],
        ['-outform', 'SMIME'],
      ]);
      const by = random.chance(0.3) ? ['-keyid'] : [];
      const what = ['cms', '-encrypt', '-binary', random.pick(['-aes128', '-aes256', '-des3']), ...by];
      await openssl(...what, ...form, '-in', input, '-out', output, file('first.pem'));
      return readFile(output);
    },
  };
});

afterAll(() => cluster?.stop());

interface Inserted {
  readonly stored: StoredCase;
  /** Undefined where the insertion itself was refused. */
  readonly playPath: string | undefined;
}

it('a body is the plaintext, or plain media, or an error', async () => {
  const count = run.count(2000, 40_000);
  let [bodies, refusals] = [0, 0];
  for (let done = 0; done < count; done += 500) {
    const cases: StoredCase[] = [];
    while (cases.length < Math.min(500, count - done)) cases.push(await drawCase(done + cases.length, hands));
    // Who is heard first differs from run to run.
    const draws = cases.map(() => random.fork());
    const inserted = await sideBySide(cases, atOnce, insert);
    await sideBySide(inserted, atOnce, async ({ stored, playPath }, index) => {
      if (playPath === undefined || stored.moment !== 'after the first playback') return;
      await hear(stored, playPath, stored.mustPlay, draws[index]!);
    });
    // From here on every byte of them is known to the server, and what changes is noticed.
    await contactCenter.indexed(admin);
    await sideBySide(inserted, atOnce, async ({ stored }) => {
      if (stored.moment !== 'before insertion' && stored.change !== 'none')
        await cluster.files.putAgain(stored.name, stored.atTheEnd);
    });
    await sideBySide(inserted, atOnce, async ({ stored, playPath }, index) => {
      if (playPath === undefined) return;
      await hear(
        stored,
        playPath,
        stored.mustPlay && (stored.change === 'none' || stored.change === 'copied'),
        draws[index]!,
      );
    });
  }
  say(`no noise: ${count} stored files, ${bodies} bodies, ${refusals} refusals, ${failures.count} failures`);
  failures.explainFrom(cluster.logs);
  failures.check(knownFailures);
  // A server that refuses everything would make no noise, either.
  expect(bodies).toBeGreaterThan(count / 4);

  async function hear(stored: StoredCase, playPath: string, must: boolean, random: Random): Promise<void> {
    const whole = await admin.get(playPath);
    const start = random.below(stored.plaintext.length + 1);
    const end = start + random.below(600);
    const part = await admin.get(playPath, { range: `bytes=${start}-${end}` });
    const heard = whole.status === 200 ? whole.body : undefined;
    if (heard === undefined) refusals++;
    else bodies++;
    if (heard !== undefined && (await whyHeard(heard, stored, oracle)) === undefined) fail('noise', stored, whole);
    if (part.status === 206 && !(await isPart(part.body, start, end, stored, heard)))
      fail('noise in a range', stored, part);
    if (must && (heard === undefined || !heard.equals(stored.plaintext))) fail('does not play', stored, whole);
    const answered = [whole, part].find(
      ({ status }) => status === 500 || (status === brokenOff && heard === undefined),
    );
    if (answered !== undefined) fail('no answer of its own', stored, answered);
  }

  /** A range is a piece of what may be heard. */
  async function isPart(
    body: Buffer,
    start: number,
    end: number,
    stored: StoredCase,
    heard?: Buffer,
  ): Promise<boolean> {
    const isPartOf = (whole?: Buffer): boolean => whole?.subarray(start, end + 1).equals(body) === true;
    if ([heard, stored.plaintext, stored.atInsertion, stored.exchangedPlaintext].some(isPartOf)) return true;
    return stored.moment === 'before insertion' && (await oracle.opens(stored)).some(isPartOf);
  }
});

async function insert(stored: StoredCase): Promise<Inserted> {
  await cluster.files.put(stored.name, stored.atInsertion);
  const mediaFile = mediaFileOf(
    stored.name,
    { stored: stored.atInsertion, envelope: stored.pkcs7 },
    stored.declared === 'certAlias' ? { certAlias: ['first'] } : {},
  );
  const answer = await contactCenter.insert(contactCenter.insertion(stored.name.toUpperCase(), [mediaFile]));
  if (answer.status !== 201) {
    if (stored.mustPlay || answer.status === brokenOff || answer.status >= 500) fail('is not inserted', stored, answer);
    return { stored, playPath: undefined };
  }
  const { mediaFiles } = JSON.parse(answer.body.toString()) as { mediaFiles: { playPath: string }[] };
  return { stored, playPath: `/api/v2${mediaFiles[0]!.playPath}` };
}

function fail(what: string, stored: StoredCase, { status, headers, body }: Answer): void {
  const { name, kind, layout, plaintextKind, declared, change, moment } = stored;
  const text = status === 200 || status === 206 ? `${body.length} bytes` : body.toString().slice(0, 300);
  failures.add({
    kind: `${what}: ${kind}, metadata ${declared}, ${change === 'none' ? 'unchanged' : `${change} ${moment}`}`,
    detail: `${name}, ${layout}, ${plaintextKind}: ${status} ${text}`,
    requestId: headers['x-request-id'],
    files: {
      'stored-at-insertion': stored.atInsertion,
      'stored-at-the-end': stored.atTheEnd,
      plaintext: stored.plaintext,
      answer: body,
      ...(stored.pkcs7 === undefined ? {} : { 'envelope.p7m': stored.pkcs7 }),
    },
  });
}
