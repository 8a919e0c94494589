import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KeyVaultClient } from '#key-vault-client';
import { encryptSecret, loadInternalIdentity } from '#platform';
import { openSqliteStore, type Store } from '#store';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { GenesysCloud, type HawkCredential } from '#test/local-key-manager/genesys-cloud.js';
import { curl } from './external-tools.js';

jest.setTimeout(240_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-walls-'));
const wire = '/key-management/v1';
const administration = '/rcs/local-key-manager';
const neighbour = 'neighbour';
const password = 'a password of the neighbour';
const nowhere = '00000000-0000-4000-8000-000000000000';

interface KeyPair {
  readonly id: string;
  readonly publicKey: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A user of B, by what it may do there. */
const callers = [
  { name: 'b-agent', roles: ['agent'], privileges: ['decrypt-recording'] },
  { name: 'b-supervisor', roles: ['supervisor'], privileges: ['decrypt-recording'] },
  { name: 'b-admin', roles: ['admin'], privileges: ['decrypt-recording'] },
  { name: 'b-certificates', roles: ['admin'], privileges: ['administer-certificates', 'decrypt-recording'] },
  { name: 'b-key-manager', roles: ['agent'], privileges: ['administer-local-key-manager'] },
] as const;

let cluster: RunningCluster;
let store: Store;
let owner: string;
let credentialOfA: HawkCredential;
let keyPairOfA: KeyPair;
let blockOfA: { readonly message: Buffer; readonly body: string };
let clientOfA: GenesysCloud;
let clientOfB: GenesysCloud;

async function as(user: string, secret: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await curl(
    ...['--cacert', cluster.ready.caFile, '--user', `${user}:${secret}`, '--request', method],
    ...(body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]),
    `${cluster.ready.gateway}${path}`,
  );
  return { status: answer.status, text: answer.body.toString() };
}

const asOps = (method: string, path: string, body?: unknown): Promise<Answer> =>
  as(cluster.ready.operations.name, cluster.ready.operations.password, method, path, body);
const alice = () => personOf(cluster.ready, 'alice');
const asAlice = (method: string, path: string, body?: unknown): Promise<Answer> =>
  as(alice().name, alice().password, method, path, body);
const json = ({ text }: Answer): unknown => JSON.parse(text);

async function registered(id: string, contactCenter: string): Promise<HawkCredential> {
  const answer = await asOps('POST', `${wire}/auth`, { id, contactCenter });
  expect(answer.status).toBe(200);
  return json(answer) as HawkCredential;
}

function encrypted({ publicKey }: KeyPair, message: Buffer): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'pkcs1' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, message).toString(
    'base64',
  );
}

/** Everything of A: what lies in the store, and what A's own client and administrator get. */
async function pictureOfA(): Promise<unknown> {
  const everyLine = { maxEntries: 10_000, earliest: 0, latest: Number.MAX_SAFE_INTEGER };
  const kept = store.localKeyManager;
  const log = await kept.loggedRequests(everyLine, owner);
  const own = (await clientOfA.call('GET', `${wire}/keypair`)).text;
  const { body } = blockOfA;
  const opened = (await clientOfA.call('POST', `${wire}/decrypt`, { body: { keypairId: keyPairOfA.id, body } })).text;
  return {
    credentials: await kept.credentials({ owner }),
    keyPairs: await kept.keyPairs({ owner }),
    // A looks at itself for each picture, and that is logged: two lines more each time, and none of anybody else.
    strangers: log.filter(({ userId }) => userId !== 'NO-USER-ID').length,
    own,
    opened,
    administrators: [
      await asAlice('GET', `${administration}/credentials`),
      await asAlice('GET', `${administration}/key-pairs`),
    ],
  };
}

const linesOfA = async (): Promise<number> =>
  (
    await store.localKeyManager.loggedRequests(
      { maxEntries: 10_000, earliest: 0, latest: Number.MAX_SAFE_INTEGER },
      owner,
    )
  ).length;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  owner = cluster.ready.contactCenter;
  store = await openSqliteStore({ directory: join(cluster.ready.dataDir, 'store'), auditWriter: 'test' });
  await store.contactCenters.put({ id: neighbour, name: 'B' });
  for (const { name, roles, privileges } of callers) {
    const user = { userName: name, password, contactCenter: neighbour, roles, privileges };
    expect((await asOps('POST', '/rcs/users', user)).status).toBe(201);
  }
  const ca = readFileSync(cluster.ready.caFile, 'utf8');
  credentialOfA = await registered('genesys-cloud-of-a', owner);
  clientOfA = new GenesysCloud(cluster.ready.gateway, ca, credentialOfA);
  clientOfB = new GenesysCloud(cluster.ready.gateway, ca, await registered('genesys-cloud-of-b', neighbour));
  keyPairOfA = (await clientOfA.call('POST', `${wire}/keypair`)).json() as KeyPair;
  const message = randomBytes(32);
  blockOfA = { message, body: encrypted(keyPairOfA, message) };
});

afterAll(async () => {
  await clientOfA?.close();
  await clientOfB?.close();
  await store?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** What somebody tries on a credential, a key pair and a contact center: those of A, or such as nobody has. */
interface Target {
  readonly credential: string;
  readonly keyPair: string;
  readonly contactCenter: string;
}
const targetOfA = (): Target => ({ credential: credentialOfA.id, keyPair: keyPairOfA.id, contactCenter: owner });
const nothing: Target = { credential: 'nobody-has-this', keyPair: nowhere, contactCenter: 'there-is-none' };

/** An answer without what differs between any two answers, and without the names that the caller itself has sent. */
function comparable({ status, text }: Answer, { credential, keyPair, contactCenter }: Target): unknown {
  const named = [credential, keyPair, contactCenter].reduce((rest, name) => rest.replaceAll(name, 'NAMED'), text);
  return { status, text: named.replace(/"requestId":"[^"]*"/g, '"requestId":""') };
}

type Act = (target: Target) => readonly [method: string, path: string, body?: unknown];

const actsOfUsers: Readonly<Record<string, Act>> = {
  'lists credentials': () => ['GET', `${administration}/credentials`],
  'lists credentials by contact center': t => ['GET', `${administration}/credentials?contactCenter=${t.contactCenter}`],
  'lists what belongs to nobody': () => ['GET', `${administration}/credentials?contactCenter=`],
  'lists key pairs': () => ['GET', `${administration}/key-pairs`],
  'lists key pairs by contact center': t => ['GET', `${administration}/key-pairs?contactCenter=${t.contactCenter}`],
  'registers there': t => ['POST', `${administration}/credentials`, { id: 'intruder', contactCenter: t.contactCenter }],
  'registers there on the wire': t => ['POST', `${wire}/auth`, { id: 'intruder', contactCenter: t.contactCenter }],
  invites: t => ['POST', `${administration}/invitations`, { contactCenter: t.contactCenter }],
  rotates: t => ['POST', `${administration}/credentials/${t.credential}/rotation`, { overlapSeconds: 0 }],
  'rotates by contact center': t => [
    'POST',
    `${administration}/credentials/${t.credential}/rotation`,
    { overlapSeconds: 0, contactCenter: t.contactCenter },
  ],
  revokes: t => ['DELETE', `${administration}/credentials/${t.credential}`],
  'revokes by contact center': t => [
    'DELETE',
    `${administration}/credentials/${t.credential}?contactCenter=${t.contactCenter}`,
  ],
  'assigns to itself': t => [
    'POST',
    `${administration}/assignments`,
    { contactCenter: neighbour, credentials: [t.credential], keyPairs: [t.keyPair] },
  ],
  'assigns everything to itself': () => ['POST', `${administration}/assignments`, { contactCenter: neighbour }],
};

describe.each(callers)('$name of another contact center', ({ name, privileges }) => {
  const mayAdminister = (privileges as readonly string[]).includes('administer-local-key-manager');

  it.each(Object.entries(actsOfUsers))('%s: sees nothing, changes nothing, learns nothing', async (_, act) => {
    const before = await pictureOfA();
    const ofA = await as(name, password, ...act(targetOfA()));
    const ofNothing = await as(name, password, ...act(nothing));
    expect(comparable(ofA, targetOfA())).toEqual(comparable(ofNothing, nothing));
    for (const secret of [credentialOfA.id, credentialOfA.authKey, keyPairOfA.id, keyPairOfA.publicKey]) {
      expect(ofA.text).not.toContain(secret);
    }
    if (!mayAdminister) expect(ofA.status).toBe(403);
    expect(await pictureOfA()).toEqual(before);
  });
});

describe('the Hawk client of another contact center', () => {
  type WireAct = (target: Target) => Promise<{ readonly status: number; readonly text: string }>;
  const acts: Readonly<Record<string, WireAct>> = {
    'lists key pairs': () => clientOfB.call('GET', `${wire}/keypair`),
    'asks for a key pair': t => clientOfB.call('GET', `${wire}/keypair/${t.keyPair}`),
    'has a block opened': t =>
      clientOfB.call('POST', `${wire}/decrypt`, { body: { keypairId: t.keyPair, body: blockOfA.body } }),
    'has a block opened as PKCS#1': t =>
      clientOfB.call('POST', `${wire}/decrypt?decryptType=pkcs1`, {
        body: { keypairId: t.keyPair, body: blockOfA.body },
      }),
    'signs as another with its own key': async t => {
      const { authKey } = credentialOfB();
      return clientOfB.as({ id: t.credential, authKey }).call('GET', `${wire}/keypair`);
    },
  };
  const credentialOfB = (): HawkCredential => (clientOfB as unknown as { credential: HawkCredential }).credential;

  it.each(Object.entries(acts))('%s: sees nothing, changes nothing, learns nothing', async (_, act) => {
    const before = await pictureOfA();
    const ofA = await act(targetOfA());
    const ofNothing = await act(nothing);
    expect(comparable(ofA, targetOfA())).toEqual(comparable(ofNothing, nothing));
    expect(ofA.text).not.toContain(keyPairOfA.publicKey);
    expect(ofA.text).not.toContain(blockOfA.message.toString('base64'));
    expect(await pictureOfA()).toEqual(before);
  });

  it('reads and clears its own request log alone, and pushes no line out of another', async () => {
    const before = await linesOfA();
    const user = { headers: { 'PureCloud-User-Id': 'somebody-of-b' } };
    await clientOfB.call('GET', `${wire}/keypair`, user);
    const lines = (await clientOfB.call('GET', `${wire}/request-log`, user)).json() as { userId: string }[];
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every(({ userId }) => ['somebody-of-b', 'NO-USER-ID'].includes(userId))).toBe(true);
    await clientOfB.call('DELETE', `${wire}/request-log`, user);
    expect(await linesOfA()).toBe(before);
  });
});

describe('two contact centers', () => {
  it('may use one id, each with a key of its own, and each meets its own', async () => {
    const before = await pictureOfA();
    const same = json(
      await as('b-key-manager', password, 'POST', `${administration}/credentials`, { id: credentialOfA.id }),
    ) as HawkCredential;
    expect(same.authKey).not.toBe(credentialOfA.authKey);
    const sameOfB = clientOfB.as(same);
    const ofB = (await sameOfB.call('POST', `${wire}/keypair`)).json() as KeyPair;
    const shown = (await sameOfB.call('GET', `${wire}/keypair`)).json() as KeyPair[];
    expect(shown.map(({ id }) => id)).toContain(ofB.id);
    expect(shown.map(({ id }) => id)).not.toContain(keyPairOfA.id);
    expect(await pictureOfA()).toEqual(before);

    // Operations see both and have to say which one they mean.
    const several = await asOps('DELETE', `${administration}/credentials/${credentialOfA.id}`);
    expect([several.status, several.text]).toEqual([400, expect.stringContaining('contactCenter')]);
    const revoked = await as('b-key-manager', password, 'DELETE', `${administration}/credentials/${credentialOfA.id}`);
    expect(json(revoked)).toMatchObject({ contactCenter: neighbour, state: 'revoked' });
    expect((await sameOfB.call('GET', `${wire}/keypair`)).status).toBe(401);
    expect(await pictureOfA()).toEqual(before);
  });

  it('have their acts in their own audit', async () => {
    const audit = async (answer: Promise<Answer>): Promise<string> => (await answer).text;
    const ofB = await audit(as('b-admin', password, 'GET', '/rcs/audit?limit=1000'));
    const ofA = await audit(asAlice('GET', '/rcs/audit?limit=1000'));
    expect(ofA).toContain(keyPairOfA.id);
    expect(ofB).not.toContain(keyPairOfA.id);
    expect(ofB).toContain('genesys-cloud-of-b');
    expect(ofA).not.toContain('genesys-cloud-of-b');
  });

  it('are named by operations accounts that make something new', async () => {
    for (const [path, body] of [
      [`${wire}/auth`, { id: 'whose-is-this' }],
      [`${administration}/credentials`, { id: 'whose-is-this' }],
      [`${administration}/invitations`, {}],
    ] as const) {
      const answer = await asOps('POST', path, body);
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('contactCenter')]);
    }
    expect((await asOps('GET', `${administration}/credentials`)).text).not.toContain('whose-is-this');
  });

  it('each get what an invitation of theirs registers', async () => {
    const invitation = json(await as('b-key-manager', password, 'POST', `${administration}/invitations`, {})) as {
      token: string;
      contactCenter: string;
    };
    expect(invitation.contactCenter).toBe(neighbour);
    const before = await pictureOfA();
    const answer = await clientOfB.call('POST', `${wire}/auth`, {
      authorization: `Bearer ${invitation.token}`,
      body: { id: 'invited-by-b', contactCenter: owner },
    });
    expect([answer.status, Object.keys(answer.json() as object).sort()]).toEqual([200, ['algorithm', 'authKey', 'id']]);
    expect(await store.localKeyManager.credentials({ owner: neighbour })).toContainEqual(
      expect.objectContaining({ id: 'invited-by-b', contactCenter: neighbour }),
    );
    expect(await pictureOfA()).toEqual(before);
  });
});

describe('what is from before things belonged to contact centers', () => {
  const old = { id: 'genesys-cloud-of-before', authKey: '12345678901234567890123456789012345678' };
  const pair = '6f9619ff-8b86-4011-b42d-00c04fc964ff';
  let clientOfBefore: GenesysCloud;

  beforeAll(async () => {
    const masterKey = Buffer.from(readFileSync(join(cluster.ready.dataDir, 'secrets/master-key'), 'utf8'), 'base64');
    const createdAt = new Date().toISOString();
    await store.localKeyManager.register({
      credential: { id: old.id, encryptedKey: encryptSecret(old.authKey, masterKey), createdAt, createdBy: 'alice' },
    });
    const tls = (name: string): string => join(cluster.ready.dataDir, 'internal-tls', name);
    const files = { certificateFile: tls('local-key-manager.pem'), keyFile: tls('local-key-manager.key') };
    const vaults = new KeyVaultClient(vaultAddresses(), {
      current: loadInternalIdentity({ caFile: tls('ca.pem'), ...files }),
    });
    const request = { contactCenter: 'genesys-cloud', alias: pair, modulusBits: 3072 };
    await vaults.anyVault(60_000, (vault, timeoutMs) => vault.call('GenerateKeyPair', request, { timeoutMs }));
    vaults.close();
    clientOfBefore = clientOfA.as(old);
  });

  const vaultAddresses = (): string[] => {
    const configuration = parse(readFileSync(join(cluster.ready.dataDir, 'application.yaml'), 'utf8')) as {
      localKeyManager: { vaultAddresses: string[] };
    };
    return configuration.localKeyManager.vaultAddresses;
  };

  const run = (...parameters: string[]) => {
    const passwordFile = join(work, 'ops-password');
    writeFileSync(passwordFile, cluster.ready.operations.password);
    const { gateway, caFile, operations } = cluster.ready;
    const access = ['--gateway', gateway, '--ca', caFile, '--user', operations.name, '--password-file', passwordFile];
    return rcsctl(repository, cluster.ready.dataDir, ['lkm', ...parameters, ...access]);
  };

  it('works on with its own credential, and is shown to operations alone', async () => {
    const keyPairs = (await clientOfBefore.call('GET', `${wire}/keypair`)).json() as KeyPair[];
    expect(keyPairs.map(({ id }) => id)).toEqual([pair]);
    const message = randomBytes(32);
    const body = { keypairId: pair, body: encrypted(keyPairs[0]!, message) };
    expect((await clientOfBefore.call('POST', `${wire}/decrypt`, { body })).json()).toEqual({
      body: message.toString('base64'),
    });
    for (const client of [clientOfA, clientOfB]) {
      expect((await client.call('GET', `${wire}/keypair/${pair}`)).text).toBe('');
      expect((await client.call('POST', `${wire}/decrypt`, { body })).status).toBe(400);
    }
    for (const answer of [
      await asAlice('GET', `${administration}/credentials`),
      await asAlice('GET', `${administration}/key-pairs`),
    ]) {
      expect(answer.text).not.toMatch(new RegExp(`${old.id}|${pair}`));
    }
    expect((await run('owners')).stdout).toContain(`credential ${old.id}: of no contact center`);
  });

  it('is given to a contact center by operations, and works there as before', async () => {
    const unknown = await run('assign', owner, '--credential', 'nobody-has-this');
    expect([unknown.status, unknown.stdout]).toEqual([1, expect.stringContaining('left as it was')]);
    const assigned = await run('assign', owner, '--credential', old.id, '--key-pair', pair);
    expect(assigned).toMatchObject({
      status: 0,
      stdout: `credential ${old.id}: belongs to ${owner} now\nkey pair ${pair}: belongs to ${owner} now\n`,
    });
    const keyPairs = (await clientOfBefore.call('GET', `${wire}/keypair`)).json() as KeyPair[];
    expect(keyPairs.map(({ id }) => id).sort()).toEqual([keyPairOfA.id, pair].sort());
    const message = randomBytes(32);
    const body = {
      keypairId: pair,
      body: encrypted(
        keyPairs.find(({ id }) => id === pair)!,
        message,
      ),
    };
    for (const client of [clientOfBefore, clientOfA]) {
      expect((await client.call('POST', `${wire}/decrypt`, { body })).json()).toEqual({
        body: message.toString('base64'),
      });
    }
    expect((await clientOfB.call('POST', `${wire}/decrypt`, { body })).status).toBe(400);
    const again = await run('assign', neighbour, '--credential', old.id, '--key-pair', pair);
    expect(again.status).toBe(1);
    expect((await run('assign', neighbour)).stdout).toBe('everything belongs to a contact center already\n');
  });
});
