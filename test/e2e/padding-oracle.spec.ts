import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { easiestPair, shuffled } from './distinguishability.js';
import { splitEnvelope } from './split-envelope.js';
import { visible } from './visible-answer.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(600_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-oracle-'));
const modulusBytes = 256;
const [sessionKey, iv] = [randomBytes(32), randomBytes(16)];
const media = randomBytes(50_000);
let cluster: RunningCluster;
let curlClient: CurlClient;
let publicKey: KeyObject;
let agent: Agent;
/** An envelope for our key as openssl writes it; its parts are exchanged. */
let template: Buffer;
let count = 0;

beforeAll(async () => {
  // A grant that is used too often is refused, whatever it is for: the limit would end the attack before it has begun.
  const environment = { RCS_KEY_VAULT__LIMITS__USES_PER_GRANT: '10000' };
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), environment);
  curlClient = new CurlClient(cluster, work);
  publicKey = createPublicKey(readFileSync(curlClient.certificateFile));
  agent = new Agent({ connect: { ca: readFileSync(cluster.ready.caFile) }, connections: 1 });
  const files = ['-in', curlClient.write('plain', media), '-out', curlClient.file('encrypted')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', '-outform', 'DER', ...files, curlClient.certificateFile);
  template = splitEnvelope(readFileSync(curlClient.file('encrypted'))).envelope;
});
afterAll(async () => {
  await agent?.destroy();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

// What the attacker makes.

/** Raw RSA: the attacker encrypts whatever block they like. */
const rsa = (block: Buffer): Buffer => publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);

/** 00 02 PS 00 M */
function pkcs1Block(message: Buffer, header: readonly number[] = [0, 2]): Buffer {
  const padding = randomBytes(modulusBytes - 3 - message.length).map(byte => byte || 1);
  return Buffer.concat([Buffer.from(header), padding, Buffer.from([0]), message]);
}

const encryptedKeyHeader = Buffer.from([0x04, 0x82, 0x01, 0x00]);

function replaced(bytes: Buffer, offset: number, by: Buffer): Buffer {
  const result = Buffer.from(bytes);
  by.copy(result, offset);
  return result;
}

function envelopeWith(encryptedKey: Buffer): Buffer {
  const withKey = replaced(template, template.indexOf(encryptedKeyHeader) + 4, encryptedKey);
  const ivHeader = Buffer.from([0x04, 0x10]);
  return replaced(withKey, withKey.lastIndexOf(ivHeader) + 2, iv);
}

function encrypted(key: Buffer = sessionKey, content: Buffer = media): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(content), cipher.final()]);
}

/** Ciphertext whose last plaintext block ends like this. */
function endingWith(end: readonly number[]): Buffer {
  const ciphertext = encrypted();
  const decipher = createDecipheriv('aes-256-cbc', sessionKey, ciphertext.subarray(-32, -16)).setAutoPadding(false);
  const last = decipher.update(ciphertext.subarray(-16));
  end.forEach((byte, index) => {
    const place = 16 - end.length + index;
    ciphertext[ciphertext.length - 32 + place]! ^= last[place]! ^ byte;
  });
  return ciphertext;
}

interface Attack {
  readonly ciphertext: Buffer;
  readonly envelope: Buffer;
}

const withKey = (encryptedKey: Buffer): Attack => ({ ciphertext: encrypted(), envelope: envelopeWith(encryptedKey) });
const withContent = (ciphertext: Buffer): Attack => ({
  ciphertext,
  envelope: envelopeWith(rsa(pkcs1Block(sessionKey))),
});
const withEnvelope = (change: (envelope: Buffer) => Buffer): Attack => ({
  ciphertext: encrypted(),
  envelope: change(envelopeWith(rsa(pkcs1Block(sessionKey)))),
});

/** Everything behind which a secret lies: each must look like every other. */
const secrets: Readonly<Record<string, () => Attack>> = {
  'last block: padding of 0': () => withContent(endingWith([0])),
  'last block: padding of 17': () => withContent(endingWith([17])),
  'last block: padding of 255': () => withContent(endingWith([255])),
  'last block: padding of 2 with a wrong byte': () => withContent(endingWith([3, 2])),
  'last block: padding of 16 with a wrong first byte': () =>
    withContent(endingWith([15, ...Array<number>(15).fill(16)])),
  'last block: exchanged for noise': () => withContent(replaced(encrypted(), media.length - 16, randomBytes(16))),
  'last block: cut away': () => withContent(encrypted().subarray(0, -16)),
  'content: noise with a right padding': () => withContent(encrypted(sessionKey, randomBytes(40_015))),
  'content: no multiple of the block': () => withContent(encrypted().subarray(0, -3)),
  'key: another one, rightly wrapped': () => withKey(rsa(pkcs1Block(randomBytes(32)))),
  'key: wrapped block of type 1': () => withKey(rsa(pkcs1Block(sessionKey, [0, 1]))),
  'key: leading byte is not 0': () => withKey(rsa(pkcs1Block(sessionKey, [1, 2]).fill(0x11, 2, 3))),
  'key: zero within the padding': () => withKey(rsa(pkcs1Block(sessionKey).fill(0, 100, 101))),
  'key: padding without end': () => withKey(rsa(pkcs1Block(sessionKey).fill(7, 2))),
  'key: padding of 7 bytes': () =>
    withKey(rsa(pkcs1Block(Buffer.concat([randomBytes(modulusBytes - 42), sessionKey])))),
  'key: too short by one byte': () => withKey(rsa(pkcs1Block(sessionKey.subarray(1)))),
  'key: too long by one byte': () => withKey(rsa(pkcs1Block(Buffer.concat([sessionKey, Buffer.from([9])])))),
  'key: empty': () => withKey(rsa(pkcs1Block(Buffer.alloc(0)))),
  'key: a bit of the ciphertext is other': () => {
    const wrapped = rsa(pkcs1Block(sessionKey));
    wrapped[200]! ^= 4;
    return withKey(wrapped);
  },
  'key: ciphertext is 0': () => withKey(Buffer.alloc(modulusBytes)),
  'key: ciphertext is greater than the modulus': () => withKey(Buffer.alloc(modulusBytes, 0xff)),
  'key: ciphertext is noise': () => withKey(replaced(randomBytes(modulusBytes), 0, Buffer.from([0]))),
  'envelope: says AES-128': () => withEnvelope(envelope => exchanged(envelope, aes(42), aes(2))),
  'envelope: says AES-192': () => withEnvelope(envelope => exchanged(envelope, aes(42), aes(22))),
};

/** What the attacker wrote into an envelope for all to see. */
const unreadable: Readonly<Record<string, () => Attack>> = {
  'cut in the middle': () => withEnvelope(envelope => envelope.subarray(0, envelope.length >> 1)),
  'cut by one byte': () => withEnvelope(envelope => envelope.subarray(0, -1)),
  'followed by a byte': () => withEnvelope(envelope => Buffer.concat([envelope, Buffer.from([1])])),
  'an initialisation vector that says it is shorter': () =>
    withEnvelope(envelope =>
      replaced(envelope, envelope.lastIndexOf(Buffer.from([0x04, 0x10])) + 1, Buffer.from([0x0f])),
    ),
  'OAEP with the parameters of PKCS#1': () => withEnvelope(envelope => exchanged(envelope, rsaes(1), rsaes(7))),
  noise: () => withEnvelope(envelope => randomBytes(envelope.length)),
};
/** What stands in clear in the envelope, and is named to whoever wrote it. */
const unsupported: Readonly<Record<string, () => Attack>> = {
  'content encryption algorithm': () => withEnvelope(envelope => exchanged(envelope, aes(42), aes(99))),
  version: () =>
    withEnvelope(envelope => exchanged(envelope, Buffer.from([2, 1, 0, 0x31]), Buffer.from([2, 1, 9, 0x31]))),
};
const foreign: Readonly<Record<string, () => Attack>> = {
  'another serial number': () => withEnvelope(envelope => changedBefore(envelope, 20)),
  'another issuer': () =>
    withEnvelope(envelope => exchanged(envelope, Buffer.from('Genesys Rec'), Buffer.from('Genesys Sec'))),
};

const aes = (last: number): Buffer => Buffer.from([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, last]);
const rsaes = (last: number): Buffer => Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last]);

function exchanged(envelope: Buffer, old: Buffer, by: Buffer): Buffer {
  const offset = envelope.indexOf(old);
  expect(offset).toBeGreaterThan(0);
  return replaced(envelope, offset, by);
}

/** The serial number stands right before the algorithm of the wrapped key. */
function changedBefore(envelope: Buffer, bytes: number): Buffer {
  const offset = envelope.indexOf(rsaes(1)) - bytes;
  return replaced(envelope, offset, Buffer.from([envelope[offset]! ^ 0x55]));
}

// What the attacker sees.

async function store({ ciphertext, envelope }: Attack): Promise<string> {
  const name = `attack-${++count}`;
  await curlClient.put(name, ciphertext);
  const mediaDescriptor = { storage: 'webDAV', path: name };
  return curlClient.inserted(name, { mediaId: 'call.mp3', mediaDescriptor, pkcs7: envelope.toString('base64') });
}

/** What is no envelope is not taken, and the recorder hears which field it was. */
async function isRefusedAtInsertion({ envelope }: Attack): Promise<boolean> {
  const mediaDescriptor = { storage: 'webDAV', path: `refused-${++count}` };
  const mediaFile = { mediaId: 'call.mp3', type: 'audio/mp3', mediaDescriptor, pkcs7: envelope.toString('base64') };
  const answer = await curlClient.insert({ id: `refused-${count}`, mediaFiles: [mediaFile] });
  if (answer.status !== 400) return false;
  expect(answer.body.toString()).toContain('pkcs7');
  return true;
}

type Method = 'GET' | 'HEAD';

async function play(playPath: string, method: Method = 'GET', range?: string) {
  const { gateway, users } = cluster.ready;
  const { name, password } = users[0]!;
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const headers = { authorization, ...(range === undefined ? {} : { range }) };
  const started = performance.now();
  const answer = await request(`${gateway}/api/v2${playPath}`, { method, headers, dispatcher: agent });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body, time: performance.now() - started };
}

/** What is seen of an attack that was refused. */
async function refusedAnswers(make: () => Attack): Promise<string[]> {
  const playPath = await store(make());
  const first = await play(playPath);
  expect(first.status).not.toBe(200);
  const more = [await play(playPath), await play(playPath, 'GET', 'bytes=10-20'), await play(playPath, 'HEAD')];
  return [first, ...more].map(visible);
}

async function expectAlike(attacks: Readonly<Record<string, () => Attack>>, status: number): Promise<void> {
  const seen = new Map<string, string[]>();
  for (const [name, make] of Object.entries(attacks)) {
    const answers = JSON.stringify(await refusedAnswers(make));
    seen.set(answers, [...(seen.get(answers) ?? []), name]);
  }
  expect([...seen.values()]).toEqual([Object.keys(attacks)]);
  expect((JSON.parse([...seen.keys()][0]!) as string[])[0]).toMatch(new RegExp(`^${status}\n`));
}

it('what was not changed plays', async () => {
  const answer = await play(await store(withKey(rsa(pkcs1Block(sessionKey)))));
  expect(answer.status).toBe(200);
  expect(answer.body.equals(media)).toBe(true);
});

describe('status, header fields and body are the same', () => {
  it('for every last block and every wrapped key', async () => {
    await expectAlike(secrets, 422);
  });

  it('for every envelope that cannot be read, as far as it is taken at all', async () => {
    const refused: string[] = [];
    for (const [name, make] of Object.entries(unreadable)) if (await isRefusedAtInsertion(make())) refused.push(name);
    expect(refused).toEqual(expect.arrayContaining(['cut in the middle', 'cut by one byte', 'noise']));
    const taken = Object.entries(unreadable).filter(([name]) => !refused.includes(name));
    if (taken.length > 0) await expectAlike(Object.fromEntries(taken), 422);
  });

  it.each(Object.entries(unsupported))('and name the %s that is not known', async (name, make) => {
    const answer = await play(await store(make()));
    expect([answer.status, answer.body.toString()]).toEqual([422, expect.stringContaining(name)]);
  });

  it('for every envelope that is not for us', async () => {
    await expectAlike(foreign, 422);
  });

  it('for changed authenticated content, its tag and its wrapped key, and as for any other content', async () => {
    const key = randomBytes(32);
    const files = ['-in', curlClient.write('plain', media), '-out', curlClient.file('encrypted')];
    await openssl(
      'cms',
      '-encrypt',
      '-binary',
      '-aes-256-gcm',
      '-outform',
      'DER',
      ...files,
      curlClient.certificateFile,
    );
    const stored = splitEnvelope(readFileSync(curlClient.file('encrypted')));
    const keyOffset = stored.envelope.indexOf(encryptedKeyHeader) + 4;
    const change = (bytes: Buffer, offset: number) => replaced(bytes, offset, Buffer.from([bytes[offset]! ^ 1]));
    const { envelope, ciphertext } = stored;
    await expectAlike(
      {
        content: () => ({ envelope, ciphertext: change(ciphertext, 30_000) }),
        tag: () => ({ envelope: change(envelope, envelope.length - 1), ciphertext }),
        'another key': () => ({ envelope: replaced(envelope, keyOffset, rsa(pkcs1Block(key))), ciphertext }),
        'wrong padding': () => ({ envelope: replaced(envelope, keyOffset, rsa(pkcs1Block(key, [0, 1]))), ciphertext }),
        'last block of CBC': secrets['last block: padding of 0']!,
      },
      422,
    );
  });
});

/**
 * The times of requests of each kind, one after the other over one connection, the kinds taking turns in ever new order:
 * what else the machine does hits all of them alike.
 */
async function times(paths: ReadonlyMap<string, string>, rounds: number): Promise<Map<string, number[]>> {
  const measured = new Map<string, number[]>([...paths.keys()].map(name => [name, []]));
  for (let round = -10; round < rounds; round++) {
    for (const [name, playPath] of shuffled([...paths])) {
      const { status, body, time } = await play(playPath);
      expect({ name, round, status, body: status === 422 ? '' : body.toString() }).toMatchObject({ status: 422 });
      if (round >= 0) measured.get(name)!.push(time);
    }
  }
  return measured;
}

/**
 * With 100 times of each kind the value of two equal kinds has a standard deviation of 0.041 around 0.5. A bound of 0.25
 * lies six of them away, and a second measurement has to confirm it: chance does not do that. An answer that
 * leaves out the work of the token, of the storage or of the worker, or does it twice, is told apart almost surely (0.5).
 */
it('the time does not tell which of them it was', async () => {
  const kinds = [
    'last block: padding of 0',
    'last block: padding of 16 with a wrong first byte',
    'key: another one, rightly wrapped',
    'key: wrapped block of type 1',
    'key: too short by one byte',
    'key: ciphertext is greater than the modulus',
    'envelope: says AES-128',
  ];
  const paths = new Map<string, string>();
  for (const kind of kinds) paths.set(kind, await refusedPath(secrets[kind]!));
  let worst = easiestPair(await times(paths, 100));
  if (worst.distance >= 0.25) worst = easiestPair(await times(paths, 200));
  expect({ ...worst, toldApart: worst.distance >= 0.25 }).toMatchObject({ toldApart: false });
});

async function refusedPath(make: () => Attack): Promise<string> {
  for (let attempt = 0; attempt < 6; attempt++) {
    const playPath = await store(make());
    if ((await play(playPath)).status !== 200) return playPath;
  }
  throw new Error('every attempt was played');
}
