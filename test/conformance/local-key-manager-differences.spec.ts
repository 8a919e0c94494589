import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import rows from '../support/local-key-manager/differences.json';
import {
  GenesysCloud,
  type CallAnswer,
  type CallOptions,
  type HawkCredential,
} from '#test/local-key-manager/genesys-cloud.js';
import { curl } from '../e2e/external-tools.js';

/*
 * Where the example service of Genesys (github.com/MyPureCloud/local-key-manager) and this one differ, or did: 136 requests in
 * the same order gave 88 other answers. Each row says what is answered here; what is alike is in local-key-manager.spec.ts.
 */
jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-lkm-rows-'));
const base = '/key-management/v1';
const log = `${base}/request-log`;
const { RSA_PKCS1_OAEP_PADDING: oaep, RSA_PKCS1_PADDING: pkcs1 } = constants;
const queryOf = (padding: number): string => (padding === pkcs1 ? '?decryptType=pkcs1' : '');
let cluster: RunningCluster;
let genesys: GenesysCloud;
let credential: HawkCredential;
let keyPair: { readonly id: string; readonly publicKey: string };

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  const { gateway, caFile, operations } = cluster.ready;
  const account = ['--cacert', caFile, '--user', `${operations.name}:${operations.password}`];
  const body = ['-H', 'Content-Type: application/json', '-d', JSON.stringify({ id: 'genesys-cloud-rows' })];
  credential = JSON.parse(
    (await curl(...account, ...body, `${gateway}${base}/auth`)).body.toString(),
  ) as HawkCredential;
  genesys = new GenesysCloud(gateway, readFileSync(caFile, 'utf8'), credential);
  keyPair = (await genesys.call('POST', `${base}/keypair`)).json() as typeof keyPair;
});

afterAll(async () => {
  await genesys?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const publicKey = () =>
  createPublicKey({ key: Buffer.from(keyPair.publicKey, 'base64'), format: 'der', type: 'pkcs1' });
const sealed = (message: Buffer, padding: number, oaepHash = 'sha1'): string =>
  publicEncrypt({ key: publicKey(), padding, oaepHash }, message).toString('base64');
const decrypt = (body: unknown, query = '', options: CallOptions = {}, id = keyPair.id): Promise<CallAnswer> =>
  genesys.call('POST', `${base}/decrypt${query}`, { body: { keypairId: id, body }, ...options });

function expectOpened(answer: CallAnswer, message: Buffer): void {
  expect([answer.status, answer.json()]).toEqual([200, { body: message.toString('base64') }]);
}

function expectRefused(answer: CallAnswer, status: number): void {
  expect([answer.status, answer.json()]).toEqual([status, { message: expect.any(String) as string, status }]);
}

function expectUnauthorized(answer: CallAnswer): void {
  expectRefused(answer, 401);
  expect(answer.headers['www-authenticate']).toMatch(/^Hawk/);
}

/** What is done for each row; the answer is how many requests were judged. */
const cases: Readonly<Record<string, () => Promise<number>>> = {
  'messages of other lengths than 32 bytes': async () => {
    const lengths = [0, 1, 16, 24, 31, 33, 48, 64, 65, 128, 256];
    for (const message of lengths.map(length => randomBytes(length)))
      for (const padding of [oaep, pkcs1])
        expectOpened(await decrypt(sealed(message, padding), queryOf(padding)), message);
    return 2 * lengths.length;
  },

  'a block that cannot be opened': async () => {
    const message = randomBytes(32);
    const damaged = (block: string): string => {
      const bytes = Buffer.from(block, 'base64');
      bytes[200]! ^= 1;
      return bytes.toString('base64');
    };
    const blocks = [
      [damaged(sealed(message, oaep)), ''],
      [damaged(sealed(message, pkcs1)), queryOf(pkcs1)],
      [sealed(message, oaep, 'sha256'), ''],
      [Buffer.alloc(384, 0xff).toString('base64'), ''],
      [sealed(message, oaep), queryOf(pkcs1)],
      [sealed(message, pkcs1), ''],
    ] as const;
    for (const [block, query] of blocks) {
      const answer = await decrypt(block, query);
      expect([answer.status, answer.json()]).toEqual([200, { body: expect.any(String) as string }]);
      expect((answer.json() as { body: string }).body).not.toBe(message.toString('base64'));
      expect((await decrypt(block, query)).json()).toEqual(answer.json());
    }
    return blocks.length;
  },

  'a block of another length, or none': async () => {
    for (const block of [randomBytes(383), randomBytes(385), Buffer.alloc(0)])
      expectRefused(await decrypt(block.toString('base64')), 400);
    return 3;
  },

  'a body of 1 MiB': async () => {
    expectRefused(await decrypt('A'.repeat(1024 * 1024)), 413);
    const began = performance.now();
    expectOpened(await decrypt(sealed(Buffer.from('next'), oaep)), Buffer.from('next'));
    // A connection with an unread body would keep the next request waiting until it times out.
    expect(performance.now() - began).toBeLessThan(20_000);
    return 1;
  },

  'a block that is no base64, or a number': async () => {
    for (const block of ['***', 7]) expectRefused(await decrypt(block), 400);
    return 2;
  },

  'a block in the alphabet of URLs': async () => {
    const block = sealed(Buffer.from('URL'), oaep).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    expectOpened(await decrypt(block), Buffer.from('URL'));
    return 1;
  },

  'a block in base64 with blanks': async () => {
    expectOpened(await decrypt(sealed(Buffer.from('blank'), oaep).replace(/(.{60})/g, '$1 ')), Buffer.from('blank'));
    return 1;
  },

  'ids in capitals': async () => {
    const id = keyPair.id.toUpperCase();
    expectOpened(await decrypt(sealed(Buffer.from('id'), oaep), '', {}, id), Buffer.from('id'));
    expect((await genesys.call('GET', `${base}/keypair/${id}`)).json()).toMatchObject({ id: keyPair.id });
    return 2;
  },

  'an empty keypairId': async () => {
    const answer = await decrypt('AA==', '', {}, '');
    expect(answer.json()).toEqual({ message: 'Decrypt body and keypairId must be filled out', status: 400 });
    return 1;
  },

  'POST /auth without authentication': async () => {
    const call = { authorization: undefined, body: { id: 'a-stranger' } };
    expectRefused(await genesys.call('POST', `${base}/auth`, call), 401);
    return 1;
  },

  'POST /auth with an id beyond ASCII': async () => {
    const { operations } = cluster.ready;
    const authorization = `Basic ${Buffer.from(`${operations.name}:${operations.password}`).toString('base64')}`;
    expectRefused(await genesys.call('POST', `${base}/auth`, { authorization, body: { id: 'Schlüssel' } }), 400);
    return 1;
  },

  'bodies that are no JSON object': async () => {
    for (const rawBody of ['{"keypairId":', "{'keypairId': 1}", '', '[]'])
      expectRefused(await genesys.call('POST', `${base}/decrypt`, { rawBody }), 400);
    for (const rawBody of ['text', '{}'])
      expectRefused(
        await genesys.call('POST', `${base}/decrypt`, { rawBody, headers: { 'content-type': 'text/plain' } }),
        415,
      );
    return 6;
  },

  '401, whatever for': async () => {
    const wrongKey = genesys.as({ ...credential, authKey: '1234567890' });
    const unknown = genesys.as({ ...credential, id: 'nobody-knows' });
    const path = `${base}/keypair`;
    expectUnauthorized(await genesys.call('GET', path, { authorization: undefined }));
    expectUnauthorized(await wrongKey.call('GET', path));
    expectUnauthorized(await unknown.call('GET', path));
    expectUnauthorized(await genesys.call('GET', path, { authorization: genesys.sign('GET', log) }));
    expectUnauthorized(await genesys.call('GET', path, { authorization: genesys.sign('POST', path) }));
    return 5;
  },

  'a malformed Hawk header field': async () => {
    const fields = [
      'Basic YTpi',
      'Hawk nonsense',
      `Hawk id="${credential.id}", ts="now", nonce="n", mac="m"`,
      `Hawk id="${credential.id}", ts="1", nonce="n"`,
      `Hawk id="${credential.id}", ts="1", mac="m"`,
    ];
    for (const authorization of fields)
      expectUnauthorized(await genesys.call('GET', `${base}/keypair`, { authorization }));
    return fields.length;
  },

  'a MAC over the query, payload hash, ext and app': async () => {
    for (const options of [{ signQuery: true }, { signBody: true }, { ext: 'some data' }, { app: 'an-application' }])
      expectOpened(await decrypt(sealed(Buffer.from('mac'), pkcs1), queryOf(pkcs1), options), Buffer.from('mac'));
    return 4;
  },

  'an unknown Hawk attribute': async () => {
    const authorization = `${genesys.sign('GET', `${base}/keypair`)}, foo="bar"`;
    expectUnauthorized(await genesys.call('GET', `${base}/keypair`, { authorization }));
    return 1;
  },

  'a timestamp hours off, or after 2038': async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const timestamp of [now - 7200, now + 7200, 2 ** 31 + 7]) {
      const answer = await genesys.call('GET', `${base}/keypair`, { timestamp });
      expectUnauthorized(answer);
      expect(answer.headers['www-authenticate']).toMatch(/ts="\d+", tsm="[^"]+"/);
    }
    return 3;
  },

  'a request that is repeated': async () => {
    const authorization = genesys.sign('POST', `${base}/decrypt`);
    const [first, second] = [sealed(Buffer.from('first'), oaep), sealed(Buffer.from('second'), oaep)];
    expectOpened(await decrypt(first, '', { authorization }), Buffer.from('first'));
    for (const block of [first, second]) expectUnauthorized(await decrypt(block, '', { authorization }));
    return 2;
  },

  'the effect of a refused request': async () => {
    const before = (await genesys.call('GET', `${base}/keypair`)).text;
    expectRefused(await genesys.call('DELETE', log, { authorization: undefined }), 401);
    expectRefused(await genesys.call('POST', `${base}/keypair`, { authorization: undefined }), 401);
    expect((await genesys.call('GET', `${base}/keypair`)).text).toBe(before);
    expect(((await genesys.call('GET', log)).json() as unknown[]).length).toBeGreaterThan(2);
    return 2;
  },

  'refused requests in the request log': async () => {
    const user = 'd5a5cdd2-6ee8-4a0b-9a9c-00000000f00d';
    await genesys.call('GET', `${base}/keypair`, { authorization: 'Hawk', headers: { 'PureCloud-User-Id': user } });
    expect((await genesys.call('GET', log)).text).not.toContain(user);
    return 1;
  },

  'OPTIONS /decrypt': async () => {
    const answer = await genesys.call('OPTIONS', `${base}/decrypt`);
    expect([answer.status, answer.headers.allow]).toEqual([200, 'OPTIONS, POST']);
    return 1;
  },

  'OPTIONS and HEAD of /keypair': async () => {
    for (const method of ['OPTIONS', 'HEAD']) {
      const answer = await genesys.call(method, `${base}/keypair`);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
    }
    return 2;
  },

  'methods that a path does not have': async () => {
    for (const [method, path] of [
      ['GET', '/decrypt'],
      ['PUT', '/decrypt'],
      ['DELETE', '/keypair'],
    ] as const) {
      const answer = await genesys.call(method, `${base}${path}`);
      expectRefused(answer, 405);
      expect(answer.headers.allow).toMatch(/POST/);
    }
    return 3;
  },

  'unknown paths': async () => {
    for (const path of ['/nothing', '/keypair/']) expectRefused(await genesys.call('GET', `${base}${path}`), 404);
    return 2;
  },

  'maxEntries of none and fewer': () => refusedParameters('maxEntries=0', 'maxEntries=-1'),
  'maxEntries beyond 10,000': () => takenParameters('maxEntries=10001', 'maxEntries=100000'),
  'empty parameters of the request log': () => takenParameters('maxEntries=', 'earliestTime='),
  'parameters of the request log that mean nothing': () =>
    refusedParameters('maxEntries=abc', 'earliestTime=yesterday', 'earliestTime=2020-01-01'),
  'a day that no calendar has': () => refusedParameters('earliestTime=2020-02-30T00:00:00'),
};

async function refusedParameters(...parameters: readonly string[]): Promise<number> {
  for (const parameter of parameters) expectRefused(await genesys.call('GET', `${log}?${parameter}`), 400);
  return parameters.length;
}

async function takenParameters(...parameters: readonly string[]): Promise<number> {
  for (const parameter of parameters) {
    const answer = await genesys.call('GET', `${log}?${parameter}`);
    expect([answer.status, Array.isArray(answer.json())]).toEqual([200, true]);
  }
  return parameters.length;
}

it('every row has a case, and every case a row', () => {
  expect(Object.keys(cases).sort()).toEqual(rows.map(({ what }) => what).sort());
  expect(rows.reduce((sum, { steps }) => sum + steps, 0)).toBe(88);
});

it.each(rows)('$what: $here', async ({ what, steps }) => {
  expect(await cases[what]!()).toBe(steps);
});
