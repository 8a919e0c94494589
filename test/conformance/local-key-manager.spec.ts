import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import vectors from '../support/local-key-manager/example-service-vectors.json';
import { GenesysCloudServer } from '#test/local-key-manager/genesys-cloud-server.js';
import { GenesysCloud, type HawkCredential } from '#test/local-key-manager/genesys-cloud.js';
import { curl } from '../e2e/external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-lkm-'));
const base = '/key-management/v1';
let cluster: RunningCluster;
let credential: HawkCredential;
let genesys: GenesysCloud;

interface KeyPair {
  readonly id: string;
  readonly publicKey: string;
  readonly dateCreated: number;
}

const unauthorized = { message: 'you are not authorized to this endpoint', status: 401 };

async function asOps(...args: string[]) {
  const { operations, caFile } = cluster.ready;
  const answer = await curl('--cacert', caFile, '--user', `${operations.name}:${operations.password}`, ...args);
  return { status: answer.status, json: JSON.parse(answer.body.toString()) as Record<string, unknown> };
}

const post = (path: string, body: unknown) =>
  asOps('-H', 'Content-Type: application/json', '-d', JSON.stringify(body), `${cluster.ready.gateway}${path}`);

async function registered(id: string): Promise<HawkCredential> {
  const { status, json } = await post(`${base}/auth`, { id });
  expect(status).toBe(200);
  return json as unknown as HawkCredential;
}

async function newKeyPair(): Promise<KeyPair> {
  return (await genesys.call('POST', `${base}/keypair`)).json() as KeyPair;
}

let shared: KeyPair | undefined;
/** For tests that use a key pair and change nothing. */
const sharedKeyPair = async (): Promise<KeyPair> => (shared ??= await newKeyPair());

function encrypted(keyPair: KeyPair, message: Buffer, padding: number): string {
  const key = createPublicKey({ key: Buffer.from(keyPair.publicKey, 'base64'), format: 'der', type: 'pkcs1' });
  return publicEncrypt({ key, padding }, message).toString('base64');
}

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  credential = await registered('genesys-cloud-test');
  genesys = new GenesysCloud(cluster.ready.gateway, readFileSync(cluster.ready.caFile, 'utf8'), credential);
});

afterAll(async () => {
  await genesys?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe('POST /auth', () => {
  it('gives a key of 130 bits as a decimal number, once per id', async () => {
    const { status, json } = await post(`${base}/auth`, { id: 'another-id' });
    expect(status).toBe(200);
    expect(json).toEqual({ id: 'another-id', authKey: expect.stringMatching(/^\d{30,40}$/), algorithm: 'sha256' });
    expect(await post(`${base}/auth`, { id: 'another-id' })).toEqual(unusableId);
  });

  const unusableId = {
    status: 400,
    json: { message: 'authentication needs a unique id and must be over 5 characters', status: 400 },
  };

  it.each([[{}], [{ id: 'short' }], [{ id: 7 }], [{ id: 'quote"quote' }], [{ id: 'x'.repeat(129) }]])(
    'refuses %p in the words of the reference',
    async body => expect(await post(`${base}/auth`, body)).toEqual(unusableId),
  );

  it('registers nobody without an administrator or an invitation', async () => {
    const id = 'intruder-id';
    expect(await genesys.call('POST', `${base}/auth`, { authorization: undefined, body: { id } })).toMatchObject({
      status: 401,
    });
    const signed = await genesys.call('POST', `${base}/auth`, { body: { id } });
    expect(signed.status).toBe(401);
    const token = await genesys.call('POST', `${base}/auth`, {
      authorization: `Bearer ${randomBytes(32).toString('base64url')}`,
      body: { id },
    });
    expect(token.status).toBe(401);
    const carol = cluster.ready.users.find(({ roles }) => roles.includes('agent'))!;
    const agent = `Basic ${Buffer.from(`${carol.name}:${carol.password}`).toString('base64')}`;
    expect((await genesys.call('POST', `${base}/auth`, { authorization: agent, body: { id } })).status).toBe(403);
    const { json } = await asOps(`${cluster.ready.gateway}/rcs/local-key-manager/credentials`);
    expect(JSON.stringify(json)).not.toContain(id);
  });

  it('registers the holder of an invitation, once', async () => {
    const { json } = await post('/rcs/local-key-manager/invitations', { validForSeconds: 60 });
    const authorization = `Bearer ${json.token as string}`;
    const first = await genesys.call('POST', `${base}/auth`, { authorization, body: { id: 'invited-1' } });
    expect([first.status, first.json()]).toEqual([200, expect.objectContaining({ id: 'invited-1' })]);
    const second = await genesys.call('POST', `${base}/auth`, { authorization, body: { id: 'invited-2' } });
    expect(second.status).toBe(401);
    const invited = genesys.as(first.json() as HawkCredential);
    expect((await invited.call('GET', `${base}/keypair`)).status).toBe(200);
  });
});

describe('/keypair', () => {
  it('makes RSA-3072 keys whose public part is a bare PKCS#1 RSAPublicKey', async () => {
    const before = Date.now() - 60_000;
    const answer = await genesys.call('POST', `${base}/keypair`);
    expect(answer.status).toBe(200);
    const keyPair = answer.json() as KeyPair;
    expect(Object.keys(keyPair).sort()).toEqual(['dateCreated', 'id', 'publicKey']);
    expect(keyPair.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(keyPair.dateCreated).toBeGreaterThan(before);
    expect(keyPair.publicKey).toMatch(/^MIIBigKCAYEA/);
    expect(Buffer.from(keyPair.publicKey, 'base64')).toHaveLength(398);
    expect((await genesys.call('GET', `${base}/keypair/${keyPair.id}`)).json()).toEqual(keyPair);
    expect((await genesys.call('GET', `${base}/keypair`)).json()).toContainEqual(keyPair);
  });

  it('answers an unknown id with 200 and nothing', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'no-uuid']) {
      const answer = await genesys.call('GET', `${base}/keypair/${id}`);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
  });
});

describe('/decrypt', () => {
  const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = constants;

  it.each([
    ['OAEP with SHA-1', RSA_PKCS1_OAEP_PADDING, ''],
    ['PKCS#1 v1.5', RSA_PKCS1_PADDING, '?decryptType=pkcs1'],
  ])('opens a block with %s', async (_, padding, query) => {
    const [keyPair, message] = [await newKeyPair(), randomBytes(32)];
    const body = { keypairId: keyPair.id, body: encrypted(keyPair, message, padding) };
    for (const signQuery of [false, true]) {
      const answer = await genesys.call('POST', `${base}/decrypt${query}`, { body, signQuery });
      expect([answer.status, answer.json()]).toEqual([200, { body: message.toString('base64') }]);
    }
  });

  it('ignores the decryptType of the body, as the reference does', async () => {
    const [keyPair, message] = [await newKeyPair(), randomBytes(32)];
    const body = encrypted(keyPair, message, RSA_PKCS1_OAEP_PADDING);
    const answer = await genesys.call('POST', `${base}/decrypt`, {
      body: { keypairId: keyPair.id, body, decryptType: 'pkcs1' },
    });
    expect(answer.json()).toEqual({ body: message.toString('base64') });
  });

  it('tells nothing of a block that is not what it should be', async () => {
    const keyPair = await newKeyPair();
    const good = Buffer.from(encrypted(keyPair, randomBytes(32), RSA_PKCS1_PADDING), 'base64');
    const changed = Buffer.from(good);
    changed[200] = (changed[200] ?? 0) ^ 1;
    for (const [block, query] of [
      [changed, '?decryptType=pkcs1'],
      [good, ''],
    ] as const) {
      const body = { keypairId: keyPair.id, body: block.toString('base64') };
      const answer = await genesys.call('POST', `${base}/decrypt${query}`, { body });
      expect([answer.status, Object.keys(answer.json() as object)]).toEqual([200, ['body']]);
      // Neither of the two has the message or its length to tell; the same block is always answered alike.
      expect(Buffer.from((answer.json() as { body: string }).body, 'base64').length).toBeLessThanOrEqual(384 - 11);
      expect((await genesys.call('POST', `${base}/decrypt${query}`, { body })).json()).toEqual(answer.json());
    }
  });

  it.each([0, 1, 16, 24, 31, 32, 33, 48, 64, 65, 128, 256])('opens messages of %d bytes', async length => {
    const [keyPair, message] = [await sharedKeyPair(), randomBytes(length)];
    for (const [padding, query] of [
      [RSA_PKCS1_OAEP_PADDING, ''],
      [RSA_PKCS1_PADDING, '?decryptType=pkcs1'],
    ] as const) {
      const body = { keypairId: keyPair.id, body: encrypted(keyPair, message, padding) };
      const answer = await genesys.call('POST', `${base}/decrypt${query}`, { body });
      expect([answer.status, answer.json()]).toEqual([200, { body: message.toString('base64') }]);
    }
  });

  it.each([
    ['blanks', (text: string) => text.replace(/(.{50})/g, '$1 ')],
    ['blanks in front and behind', (text: string) => `  ${text}\t`],
    ['line ends', (text: string) => text.replace(/(.{64})/g, '$1\r\n')],
    ['the alphabet of URLs', (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')],
  ])('takes base64 with %s', async (_, spelled) => {
    const [keyPair, message] = [await sharedKeyPair(), randomBytes(32)];
    const body = { keypairId: keyPair.id, body: spelled(encrypted(keyPair, message, RSA_PKCS1_OAEP_PADDING)) };
    expect((await genesys.call('POST', `${base}/decrypt`, { body })).json()).toEqual({
      body: message.toString('base64'),
    });
  });

  it('knows ids in capitals, and answers bodies that are no JSON, no object or nothing in its own form', async () => {
    const [keyPair, message] = [await sharedKeyPair(), randomBytes(24)];
    const body = { keypairId: keyPair.id.toUpperCase(), body: encrypted(keyPair, message, RSA_PKCS1_OAEP_PADDING) };
    expect((await genesys.call('POST', `${base}/decrypt`, { body })).json()).toEqual({
      body: message.toString('base64'),
    });
    const capitals = await genesys.call('GET', `${base}/keypair/${keyPair.id.toUpperCase()}`);
    expect(capitals.json()).toEqual(keyPair);
    for (const rawBody of ['{"keypairId":', '[]', '7', '']) {
      const answer = await genesys.call('POST', `${base}/decrypt`, { rawBody });
      expect([answer.status, answer.json()]).toEqual([400, { message: expect.any(String) as string, status: 400 }]);
    }
  });

  it.each([
    ['GET', '/decrypt', 'OPTIONS, POST'],
    ['PUT', '/keypair', 'GET, POST'],
    ['DELETE', '/keypair', 'GET, POST'],
    ['POST', '/request-log', 'DELETE, GET'],
    ['GET', '/auth', 'POST'],
  ] as const)('answers %s %s by 405 and what is allowed', async (method, path, allow) => {
    const answer = await genesys.call(method, `${base}${path}`);
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    expect(answer.json()).toEqual({ message: expect.any(String) as string, status: 405 });
  });

  it.each([
    [{}, '', 'Decrypt body and keypairId must be filled out'],
    [{ keypairId: 'x' }, '', 'Decrypt body and keypairId must be filled out'],
    [{ keypairId: '', body: 'AA==' }, '', 'Decrypt body and keypairId must be filled out'],
    [{ keypairId: 'x', body: 'AA==' }, '?decryptType=oaep', 'If provided, decryptType must be either "pkcs1" or null'],
    [{ keypairId: 'x', body: 'AA==' }, '', 'No key pair found with the id provided'],
    [{ keypairId: 'x', body: '***' }, '', 'Decrypt body must be base64'],
  ])('answers %p with %p by 400: %s', async (body, query, message) => {
    const answer = await genesys.call('POST', `${base}/decrypt${query}`, { body });
    expect([answer.status, answer.json()]).toEqual([400, { message, status: 400 }]);
  });

  it('names the length that a block must have', async () => {
    const keyPair = await newKeyPair();
    const body = { keypairId: keyPair.id, body: randomBytes(256).toString('base64') };
    const answer = await genesys.call('POST', `${base}/decrypt`, { body });
    expect([answer.status, (answer.json() as { message: string }).message]).toEqual([
      400,
      expect.stringContaining('384 bytes'),
    ]);
  });

  it('describes itself to OPTIONS, for those who sign', async () => {
    const answer = await genesys.call('OPTIONS', `${base}/decrypt`);
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        encryptBody: { keypairId: null, body: null, decryptType: null },
        decryptResponse: { body: 'Decrypted Response' },
      },
    ]);
    expect(answer.headers.allow).toBe('OPTIONS, POST');
    expect((await genesys.call('OPTIONS', `${base}/decrypt`, { authorization: undefined })).status).toBe(401);
  });
});

describe('Hawk', () => {
  const list = `${base}/keypair`;

  it.each([
    ['none', undefined],
    ['another scheme', 'Basic YTpi'],
    ['half a header field', 'Hawk id="x"'],
    ['rubbish', 'Hawk \\"'],
    ['an unknown id', 'Hawk id="nobody-knows", ts="1", nonce="a", mac="b"'],
  ])('refuses %s with 401 and the scheme', async (_, authorization) => {
    const answer = await genesys.call('GET', list, { authorization });
    expect([answer.status, answer.json()]).toEqual([401, unauthorized]);
    expect(answer.headers['www-authenticate']).toBe('Hawk');
  });

  it('takes requests with ext and with a signed body, and refuses a body that was changed', async () => {
    const body = { keypairId: 'x', body: 'AA==' };
    const signed = await genesys.call('POST', `${base}/decrypt`, { body, signBody: true, ext: 'some data' });
    expect(signed.status).toBe(400);
    const authorization = genesys.sign('POST', `${base}/decrypt`, { body, signBody: true });
    const other = await genesys.call('POST', `${base}/decrypt`, { body: { ...body, keypairId: 'y' }, authorization });
    expect(other.status).toBe(401);
  });

  it('accepts a request once', async () => {
    const authorization = genesys.sign('GET', list);
    expect((await genesys.call('GET', list, { authorization })).status).toBe(200);
    const again = await genesys.call('GET', list, { authorization });
    expect([again.status, again.json()]).toEqual([401, unauthorized]);
  });

  it('does not take the signature of one request for another', async () => {
    const authorization = genesys.sign('GET', list);
    expect((await genesys.call('POST', list, { authorization })).status).toBe(401);
    expect((await genesys.call('GET', `${base}/request-log`, { authorization })).status).toBe(401);
  });

  it('tells a caller with a wrong clock what time it is, signed', async () => {
    for (const skew of [-300, 300]) {
      const timestamp = Math.floor(Date.now() / 1000) + skew;
      const answer = await genesys.call('GET', list, { timestamp });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Hawk ts="\d+", tsm="[^"]+", error="Stale timestamp"$/);
    }
    expect((await genesys.call('GET', list, { timestamp: Math.floor(Date.now() / 1000) - 30 })).status).toBe(200);
  });

  it('keeps the former key for the overlap, and none after a revocation', async () => {
    const path = '/rcs/local-key-manager/credentials/rotating-id';
    const first = genesys.as(await registered('rotating-id'));
    const { json } = await post(`${path}/rotation`, { overlapSeconds: 600 });
    const second = genesys.as(json as unknown as HawkCredential);
    expect((await first.call('GET', list)).status).toBe(200);
    expect((await second.call('GET', list)).status).toBe(200);
    await post(`${path}/rotation`, { overlapSeconds: 0 });
    expect((await first.call('GET', list)).status).toBe(401);
    expect((await second.call('GET', list)).status).toBe(401);

    const revoked = genesys.as(await registered('revoked-id'));
    expect((await revoked.call('GET', list)).status).toBe(200);
    const answer = await asOps('-X', 'DELETE', `${cluster.ready.gateway}/rcs/local-key-manager/credentials/revoked-id`);
    expect(answer).toMatchObject({ status: 200, json: { id: 'revoked-id', state: 'revoked' } });
    expect((await revoked.call('GET', list)).status).toBe(401);
  });
});

describe('what was refused', () => {
  it('has no effect: no key is made, no log is cleared', async () => {
    const keyPairs = (await genesys.call('GET', `${base}/keypair`)).json() as KeyPair[];
    expect((await genesys.call('POST', `${base}/keypair`, { authorization: undefined })).status).toBe(401);
    expect((await genesys.call('DELETE', `${base}/request-log`, { authorization: undefined })).status).toBe(401);
    expect((await genesys.call('GET', `${base}/keypair`)).json()).toEqual(keyPairs);
    const log = (await genesys.call('GET', `${base}/request-log`)).json() as unknown[];
    expect(log.length).toBeGreaterThan(1);
  });
});

describe('/request-log', () => {
  interface Line {
    readonly id: string;
    readonly userId: string;
    readonly requestUri: string;
    readonly requestMethod: string;
    readonly timestamp: number[];
    readonly timestampString: string;
  }
  const read = async (query = '') => (await genesys.call('GET', `${base}/request-log${query}`)).json() as Line[];

  it('shows every signed call, the newest first, with its user and its time in two forms', async () => {
    const user = 'd5a5cdd2-6ee8-4a0b-9a9c-000000000001';
    await genesys.call('OPTIONS', `${base}/decrypt?x=1`, { headers: { 'PureCloud-User-Id': user } });
    const [own, line] = await read();
    expect(own).toMatchObject({ requestUri: `${base}/request-log`, requestMethod: 'GET', userId: 'NO-USER-ID' });
    expect(line).toMatchObject({ requestUri: `${base}/decrypt`, requestMethod: 'OPTIONS', userId: user });
    expect(line!.timestampString).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
    const [date, time] = line!.timestampString.split('T') as [string, string];
    const numbers = [...date.split('-'), ...time.split(/[:.]/)].map(Number);
    const expected = [...numbers.slice(0, 6), numbers[6]! * 1_000_000];
    while (expected.length > 5 && expected.at(-1) === 0) expected.pop();
    expect(line!.timestamp).toEqual(expected);
  });

  it('gives at most 100 lines, or as many as asked for, between two times', async () => {
    expect(await read('?maxEntries=2')).toHaveLength(2);
    expect(await read('?latestTime=1999-01-01T00:00:00.000')).toEqual([]);
    expect(await read('?earliestTime=9998-01-01T00:00:00.000')).toEqual([]);
    const [line] = await read('?maxEntries=1');
    const at = line!.timestampString;
    expect(await read(`?earliestTime=${at}&latestTime=${at}`)).toContainEqual(line);
  });

  it.each([
    'maxEntries=0',
    'maxEntries=-1',
    'maxEntries=many',
    'earliestTime=yesterday',
    'maxEntries=1e3',
    'latestTime=2026-13-01T00:00:00',
    'earliestTime=2020-02-30T00:00:00',
    'earliestTime=2020-01-01',
    'latestTime=2020-01-01T24:00:00',
  ])('refuses %s naming the parameter', async parameter => {
    const answer = await genesys.call('GET', `${base}/request-log?${parameter}`);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(parameter.split('=')[0]!)]);
  });

  it('gives what there is to who asks for more than it gives at once, or says nothing', async () => {
    const all = await read('?maxEntries=10000');
    for (const many of ['10001', '100000', '99999999999']) {
      expect((await read(`?maxEntries=${many}`)).length).toBeGreaterThanOrEqual(all.length);
    }
    expect(await read('?maxEntries=&earliestTime=&latestTime=')).toHaveLength(Math.min(100, all.length + 4));
  });

  it('is cleared by DELETE, while the audit keeps all', async () => {
    const cleared = await genesys.call('DELETE', `${base}/request-log`);
    expect([cleared.status, cleared.text]).toEqual([200, '']);
    expect(await read()).toHaveLength(1);
  });
});

describe('rcsctl', () => {
  const repository = join(__dirname, '../..');
  const dataDirectory = join(work, 'data');
  const run = (...parameters: string[]) => rcsctl(repository, dataDirectory, parameters);
  const asAdministrator = () => {
    const passwordFile = join(work, 'ops-password');
    writeFileSync(passwordFile, cluster.ready.operations.password);
    const { gateway, caFile, operations } = cluster.ready;
    return ['--gateway', gateway, '--ca', caFile, '--user', operations.name, '--password-file', passwordFile];
  };

  it.each([
    ['oaep', ''],
    ['pkcs1', '?decryptType=pkcs1'],
  ] as const)('brings the keys of the example service in; its known answer for %s comes out', async (name, query) => {
    const { privateKey, block, message } = vectors[name];
    const [id, keyFile] = [randomUUID(), join(work, `${name}.key`)];
    writeFileSync(keyFile, privateKey);
    const owner = ['--contact-center', cluster.ready.contactCenter];
    expect(await run('lkm', 'import', id, '--key-file', keyFile, ...owner)).toMatchObject({
      status: 0,
      stdout: `${id}: imported\n`,
    });
    const answer = await genesys.call('POST', `${base}/decrypt${query}`, { body: { keypairId: id, body: block } });
    expect([answer.status, answer.json()]).toEqual([200, { body: message }]);
    const keyPairs = (await genesys.call('GET', `${base}/keypair`)).json() as KeyPair[];
    expect(keyPairs.map(keyPair => keyPair.id)).toContain(id);
  });

  it('brings a key in with the configuration of the quickstart for the command line, and keeps when it was made', async () => {
    const [id, keyFile] = [randomUUID(), join(work, 'own.key')];
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'));
    const configuration = ['--config', join(dataDirectory, 'rcsctl.yaml')];
    const owner = ['--contact-center', cluster.ready.contactCenter];
    const parameters = ['lkm', 'import', id, '--key-file', keyFile, ...owner, ...configuration];
    const dateCreated = 1_566_302_400_123;
    const imported = await rcsctl(repository, dataDirectory, [...parameters, '--date-created', String(dateCreated)], {
      RCS_CONFIG: '',
    });
    expect(imported).toMatchObject({ status: 0, stdout: `${id}: imported\n` });
    const keyPair = (await genesys.call('GET', `${base}/keypair/${id}`)).json() as KeyPair;
    expect([keyPair.id, keyPair.dateCreated]).toEqual([id, dateCreated]);
    expect(await run(...parameters, '--date-created', '2026-02-30T00:00:00Z')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--date-created') as string,
    });
  });

  it('registers with Genesys Cloud by itself, which tries the key manager at once', async () => {
    const server = await GenesysCloudServer.start(genesys);
    try {
      const [caFile, secretFile] = [join(work, 'genesys-cloud.pem'), join(work, 'client-secret')];
      writeFileSync(caFile, server.caPem);
      writeFileSync(secretFile, `${server.client.secret}\n`);
      const there = ['--genesys-cloud-login', server.url, '--genesys-cloud-api', server.url];
      const client = ['--client-id', server.client.id, '--client-secret-file', secretFile];
      const sending = ['--send', ...there, '--genesys-cloud-ca', caFile, ...client, ...asAdministrator()];
      const sent = await run('lkm', 'register', 'sent-by-itself', ...sending);
      expect(sent.status).toBe(0);
      expect(sent.stdout).toContain(`has the configuration ${server.configurationId}`);
      expect(server.seen).toEqual(['login', 'OPTIONS 200', 'configuration', 'sample opened', 'local key']);

      server.refuseLocalKeys = true;
      const half = await run('lkm', 'register', 'sent-in-part', ...sending);
      expect([half.status, half.stderr]).toEqual([1, expect.stringContaining('the sample did not open')]);
      expect(half.stdout).toContain(`"configId": "${server.configurationId}"`);

      writeFileSync(secretFile, 'wrong');
      const refused = await run('lkm', 'register', 'never-made', ...sending);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('401')]);
      expect((await run('hawk', 'list', ...asAdministrator())).stdout).not.toContain('never-made');
    } finally {
      await server.close();
    }
  });

  it('walks through the registration, and plays Genesys Cloud', async () => {
    const publicUrl = 'https://keys.example.org';
    const registered = await run(
      'lkm',
      'register',
      'walk-through',
      '--public-url',
      publicUrl,
      '--json',
      ...asAdministrator(),
    );
    expect(registered).toMatchObject({ status: 0 });
    const {
      credential: own,
      keyPair,
      calls,
    } = JSON.parse(registered.stdout) as {
      credential: HawkCredential;
      keyPair: KeyPair;
      calls: { path: string; body: Record<string, string> }[];
    };
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/api/v2/recording/keyconfigurations',
        body: {
          url: `${publicUrl}/key-management/v1/decrypt`,
          apiId: 'walk-through',
          apiKey: own.authKey,
          keyConfigurationType: 'LocalKeyManager',
        },
      },
      {
        method: 'POST',
        path: '/api/v2/recording/localkeys',
        body: { configId: 'CONFIGURATION_ID', publicKey: keyPair.publicKey, keypairId: keyPair.id },
      },
    ]);

    const keyFile = join(work, 'walk-through.key');
    writeFileSync(keyFile, own.authKey);
    const server = [
      '--url',
      cluster.ready.gateway,
      '--ca',
      cluster.ready.caFile,
      '--id',
      'walk-through',
      '--key-file',
      keyFile,
    ];
    const checked = await run('lkm', 'check', '--json', ...server);
    const results = JSON.parse(checked.stdout) as { ok: boolean }[];
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect([checked.status, results.length]).toEqual([0, 7]);

    expect((await run('hawk', 'revoke', 'walk-through', ...asAdministrator())).status).toBe(0);
    const refused = await run('lkm', 'check', ...server);
    expect([refused.status, refused.stdout]).toEqual([1, expect.stringContaining('WRONG')]);
    const listed = await run('hawk', 'list', ...asAdministrator());
    expect(listed.stdout).toMatch(/^walk-through +revoked /m);
  });
});

describe('GET /health', () => {
  it('answers OK to anyone', async () => {
    const answer = await genesys.call('GET', `${base}/health`, { authorization: undefined });
    expect([answer.status, answer.text]).toEqual([200, 'OK']);
  });
});
