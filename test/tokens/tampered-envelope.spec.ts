import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { countInTier } from '#test/tier.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { CurlClient } from '../e2e/curl-client.js';
import { easiestPair, shuffled } from '../e2e/distinguishability.js';
import { openssl } from '../e2e/external-tools.js';
import { splitEnvelope } from '../e2e/split-envelope.js';
import { visible, type ReadAnswer } from '../e2e/visible-answer.js';

jest.setTimeout(900_000);

const goodPlays = countInTier(100, 1000);
const timesOfEach = countInTier(60, 300);
const modulusBytes = 256;
const [sessionKey, iv, media] = [randomBytes(32), randomBytes(16), randomBytes(20_000)];
const work = mkdtempSync(join(tmpdir(), 'rcs-tampered-'));
const token = new ShimToken();
const { shim, softHsm } = token;
let cluster: RunningCluster;
let curlClient: CurlClient;
let publicKey: KeyObject;
let agent: Agent;
/** An envelope for our key as openssl writes it; its parts are exchanged. */
let template: Buffer;
let count = 0;

beforeAll(async () => {
  // A token that judges paddings itself, and calls whatever is wrong with a ciphertext an error of the device.
  shim.play('hide 3', 'map C_Decrypt 0x30');
  const environment = { RCS_KEY_VAULT__TOKEN__URI: token.uri, RCS_KEY_VAULT__TOKEN__PIN: softHsm.pin };
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), environment);
  curlClient = new CurlClient(cluster, work);
  publicKey = createPublicKey(readFileSync(curlClient.certificateFile));
  agent = new Agent({ connect: { ca: readFileSync(cluster.ready.caFile) } });
  const files = ['-in', curlClient.write('plain', media), '-out', curlClient.file('encrypted')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', '-outform', 'DER', ...files, curlClient.certificateFile);
  template = splitEnvelope(readFileSync(curlClient.file('encrypted'))).envelope;
  const cipher = createCipheriv('aes-256-cbc', sessionKey, iv);
  await curlClient.put('recorded', Buffer.concat([cipher.update(media), cipher.final()]));
});
afterAll(async () => {
  await agent?.destroy();
  await cluster?.stop();
  token.remove();
  rmSync(work, { recursive: true, force: true });
});

const patient = { headersTimeout: 60_000, bodyTimeout: 60_000 };
const basic = ({ name, password }: { readonly name: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

const wrap = (message: Buffer): Buffer =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);

/** Another one of the same key each time, so that no worker knows its session key already. */
async function recordingOf(encryptedKey: Buffer): Promise<string> {
  const envelope = Buffer.from(template);
  encryptedKey.copy(envelope, envelope.indexOf(Buffer.from([0x04, 0x82, 0x01, 0x00])) + 4);
  iv.copy(envelope, envelope.lastIndexOf(Buffer.from([0x04, 0x10])) + 2);
  const mediaDescriptor = curlClient.stored('recorded');
  const pkcs7 = envelope.toString('base64');
  const recording = {
    id: `tampered-${++count}`,
    startTime: '2026-11-21T08:00:00.000+0000',
    mediaFiles: [{ type: 'audio/mp3', mediaId: 'call.mp3', mediaDescriptor, pkcs7 }],
  };
  const { gateway, contactCenter, ops } = cluster.ready;
  const answer = await request(`${gateway}/internal-api/contact-centers/${contactCenter}/recordings`, {
    method: 'POST',
    headers: { authorization: basic(ops), 'content-type': 'application/json' },
    body: JSON.stringify(recording),
    dispatcher: agent,
    ...patient,
  });
  expect(answer.statusCode).toBe(201);
  const inserted = (await answer.body.json()) as { mediaFiles: [{ playPath: string }] };
  return inserted.mediaFiles[0].playPath;
}

/** Everybody can see this of a ciphertext: a module that answers it sooner tells nothing. */
const noNumber = 'no number below the modulus';

/** What an attacker can do to the wrapped key; the first one leaves the padding right. */
const tamperings: Readonly<Record<string, () => Buffer>> = {
  'another key, rightly wrapped': () => wrap(randomBytes(32)),
  'a bit is other': () => {
    const changed = wrap(sessionKey);
    changed[200]! ^= 4;
    return changed;
  },
  'too short by one byte': () => wrap(sessionKey.subarray(1)),
  [noNumber]: () => Buffer.alloc(modulusBytes, 0xff),
};

async function play(playPath: string): Promise<ReadAnswer & { readonly time: number }> {
  const { gateway, users } = cluster.ready;
  const headers = { authorization: basic(users[0]!) };
  const started = performance.now();
  const answer = await request(`${gateway}/api/v2${playPath}`, { headers, dispatcher: agent, ...patient });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body, time: performance.now() - started };
}

const opened = (): number[] => ['C_Initialize', 'C_Login'].map(call => shim.count(call));

it(`plays ${goodPlays} good recordings while tampered ones are played without pause, and the token stays open`, async () => {
  const good: string[] = [];
  for (let made = 0; made < goodPlays; made++) good.push(await recordingOf(wrap(sessionKey)));
  const bad = await Promise.all(Object.values(tamperings).map(make => recordingOf(make())));
  const before = { opened: opened(), decrypted: shim.count('C_Decrypt') };

  const failed: string[] = [];
  const attacks = new Map<number, number>();
  let over = false;
  const attack = async (): Promise<void> => {
    for (let turn = 0; !over; turn++) {
      const { status } = await play(bad[turn % bad.length]!);
      attacks.set(status, (attacks.get(status) ?? 0) + 1);
    }
  };
  const listen = async (): Promise<void> => {
    for (let path = good.pop(); path !== undefined; path = good.pop()) {
      const { status, body } = await play(path);
      if (status !== 200 || !body.equals(media)) failed.push(`${status} ${body.subarray(0, 200).toString()}`);
    }
  };
  const attackers = [attack(), attack()];
  await Promise.all([listen(), listen()]);
  over = true;
  await Promise.all(attackers);

  process.stderr.write(`  tampered envelopes: ${goodPlays} good plays, ${failed.length} failed; attacks by status `);
  process.stderr.write(`${JSON.stringify([...attacks])}\n`);
  expect(failed).toEqual([]);
  expect([...attacks.keys()]).toEqual([422]);
  expect(opened()).toEqual(before.opened);
  // Each of the good ones, and its proof, really went to the token.
  expect(shim.count('C_Decrypt') - before.decrypted).toBeGreaterThanOrEqual(2 * goodPlays);
});

it('answers all tamperings alike, and the time does not tell which it was', async () => {
  const paths = new Map<string, string>();
  for (const [name, make] of Object.entries(tamperings)) paths.set(name, await recordingOf(make()));
  const answers = new Set<string>();
  const measure = async (
    rounds: number,
  ): Promise<Readonly<Record<'secret' | 'all', ReturnType<typeof easiestPair>>>> => {
    const measured = new Map<string, number[]>([...paths.keys()].map(name => [name, []]));
    for (let round = -5; round < rounds; round++) {
      for (const [name, path] of shuffled([...paths])) {
        const answer = await play(path);
        answers.add(visible(answer));
        if (round >= 0) measured.get(name)?.push(answer.time);
      }
    }
    const all = easiestPair(measured);
    measured.delete(noNumber);
    return { secret: easiestPair(measured), all };
  };
  let worst = await measure(timesOfEach);
  process.stderr.write(`  tampered envelopes: ${timesOfEach} times of each kind, ${JSON.stringify(worst)}\n`);
  // As in the test of the padding oracle: a bound of 0.25 lies far from chance, and a second measurement confirms it.
  if (worst.all.distance >= 0.25) worst = await measure(timesOfEach * 2);
  expect([...answers]).toEqual([expect.stringMatching(/^422\n/)]);
  expect({ ...worst, toldApart: worst.all.distance >= 0.25 }).toMatchObject({ toldApart: false });
});
