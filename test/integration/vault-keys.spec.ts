import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import type { GrantSigner, PlaybackGrant } from '#grants';
import { KeyVaultClient, SessionKeyClient, TransportAgreements, type KeyVaultEndpoint } from '#key-vault-client';
import type { RcsError } from '#platform';
import { publicKeyOf, recordCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { Shim } from '../../libs/pkcs11/src/testing/shim.js';

jest.setTimeout(180_000);

const timeoutMs = 60_000;
let testBed: VaultTestBed;
let vault: RunningVault;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let localKeyManager: KeyVaultEndpoint;
let signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>;
let key: KeyEntry;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  vault = await testBed.startVault();
  gateway = await testBed.administrator(vault);
  worker = await testBed.connect(vault, 'decrypt-worker');
  localKeyManager = await testBed.connect(vault, 'local-key-manager');
  signer = await testBed.grantSigner();
  ({ key } = await gateway.call(
    'GenerateKeyPair',
    { contactCenter: '9350', alias: 'own', modulusBits: 2048 },
    { timeoutMs },
  ));
});
afterAll(() => testBed?.clear());

const nameOf = ({ contactCenter, keyIdentifier }: KeyEntry) => ({ contactCenter, keyIdentifier });
const file = (name: string, content?: string): string => {
  const path = join(testBed.directory, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
const openssl = (...parameters: string[]): string =>
  execFileSync('openssl', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const listed = async (): Promise<readonly KeyEntry[]> =>
  (await gateway.call('ListKeys', { contactCenter: '9350' }, { timeoutMs })).keys;

describe('a key that was made in the token', () => {
  it('is listed with its public key and without a certificate', async () => {
    expect(key).toMatchObject({ contactCenter: '9350', alias: 'own', modulusBits: 2048, certificate: '' });
    expect(key.purpose).toBe('RECORDING');
    expect(await listed()).toContainEqual(key);
  });

  it('keeps its name to itself', async () => {
    const again = gateway.call(
      'GenerateKeyPair',
      { contactCenter: '9350', alias: 'own', modulusBits: 2048 },
      { timeoutMs },
    );
    await expect(again).rejects.toMatchObject({ code: 'RCS_KEY_EXISTS' });
  });

  it.each([0, 1024, 2047, 8192])('is not made with %i bits', async modulusBits => {
    const request = { contactCenter: '9350', alias: 'odd', modulusBits };
    const made = gateway.call('GenerateKeyPair', request, { timeoutMs });
    await expect(made).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });

  it('signs a request that openssl verifies, with subject and alternative names', async () => {
    const { certificateSigningRequest } = await gateway.call(
      'CreateCertificateSigningRequest',
      {
        key: nameOf(key),
        subject: {
          subject: 'CN=Recording 2027, O=Example, C=US',
          dnsNames: ['recording.example.com'],
          emailAddresses: ['ops@example.com'],
          ipAddresses: ['192.0.2.7'],
          uris: ['urn:example:recording'],
        },
      },
      { timeoutMs },
    );
    const text = openssl('req', '-verify', '-text', '-in', file('request.pem', certificateSigningRequest));
    expect(text).toMatch(/Subject: CN\s*=\s*Recording 2027, O\s*=\s*Example, C\s*=\s*US/);
    for (const name of [
      'DNS:recording.example.com',
      'email:ops@example.com',
      'IP Address:192.0.2.7',
      'Key Encipherment',
    ])
      expect(text).toContain(name);
    const asked = createPublicKey(openssl('req', '-noout', '-pubkey', '-in', file('request.pem')));
    expect(asked.equals(publicKeyOf(key))).toBe(true);
  });

  it.each(['', 'nonsense', 'CN=', 'CN=x, C=USA'])('signs no request for the subject %p', async subject => {
    const request = { key: nameOf(key), subject: { subject } };
    const signed = gateway.call('CreateCertificateSigningRequest', request, { timeoutMs });
    await expect(signed).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });

  it('takes the certificate that an authority issued for it, and no other', async () => {
    const authority = ['-keyout', file('ca.key'), '-out', file('ca.crt'), '-subj', '/CN=Example CA'];
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...authority);
    const signing = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-set_serial', '0x77'];
    openssl('x509', '-req', '-in', file('request.pem'), ...signing, '-out', file('issued.crt'));
    const attach = (certificate: string) =>
      gateway.call('AttachCertificate', { key: nameOf(key), alias: '', certificate }, { timeoutMs });
    await expect(attach(readFileSync(file('ca.crt'), 'utf8'))).rejects.toMatchObject({ code: 'RCS_KEY_REFUSED' });
    await expect(attach('nothing')).rejects.toMatchObject({ code: 'RCS_KEY_REFUSED' });
    const issued = readFileSync(file('issued.crt'), 'utf8');
    const { key: certified } = await attach(issued);
    expect(certified).toMatchObject({ alias: 'own', keyIdentifier: key.keyIdentifier });
    expect(new X509Certificate(certified.certificate).raw.equals(new X509Certificate(issued).raw)).toBe(true);
  });

  it('signs its own certificate', async () => {
    const { key: second } = await gateway.call(
      'GenerateKeyPair',
      { contactCenter: '9350', alias: 'second', modulusBits: 3072 },
      { timeoutMs },
    );
    const subject = { subject: 'CN=Screen recording' };
    const selfSign = (validityDays: number, alias = '') =>
      gateway.call('CreateSelfSignedCertificate', { key: nameOf(second), subject, alias, validityDays }, { timeoutMs });
    await expect(selfSign(0)).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    await expect(selfSign(30, 'own')).rejects.toMatchObject({ code: 'RCS_KEY_EXISTS' });
    const { key: certified } = await selfSign(30);
    const certificate = new X509Certificate(certified.certificate);
    expect(certificate.verify(certificate.publicKey) && certificate.publicKey.equals(publicKeyOf(second))).toBe(true);
    expect(certificate.ca).toBe(false);
    const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });

  it('is not found under another contact center', async () => {
    const foreign = { contactCenter: '9351', keyIdentifier: key.keyIdentifier };
    const request = { key: foreign, subject: { subject: 'CN=x' } };
    const signed = gateway.call('CreateCertificateSigningRequest', request, { timeoutMs });
    await expect(signed).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
  });
});

describe('a batch of envelopes', () => {
  it('opens each against its own grant, and the failure of one touches no other', async () => {
    const transport = await new TransportAgreements().with(worker, timeoutMs);
    const calls = [recordCall(key), recordCall(key), recordCall(key)];
    const items = calls.map(({ envelope, grant }) => ({ envelope, grant: signer.sign(grant) }));
    const swapped = { envelope: items[0]!.envelope, grant: items[1]!.grant };
    const rubbish = { envelope: items[0]!.envelope, grant: 'a.b.c' };
    const request = { items: [...items, swapped, rubbish], transportKeyId: transport.id };
    const { outcomes } = await worker.call('UnwrapSessionKeys', request, { timeoutMs });
    expect(outcomes.map(({ failure }) => failure?.code)).toEqual([
      undefined,
      undefined,
      undefined,
      'RCS_GRANT_REFUSED',
      'RCS_GRANT_REFUSED',
    ]);
    const opened = outcomes.slice(0, 3).map(({ jwe }) => transport.key.unwrap(jwe));
    expect(opened).toEqual(calls.map(({ sessionKey }) => sessionKey));
  });

  it('forms by itself when a worker asks for many at once, and each answer finds its question', async () => {
    const client = new KeyVaultClient([vault.address], { current: await testBed.identity('decrypt-worker') });
    try {
      const sessionKeys = new SessionKeyClient(client);
      const calls = Array.from({ length: 100 }, (_, index) => recordCall(key, '9350', `call-${index}`));
      const opened = await Promise.all(
        calls.map(async ({ envelope, grant }, index) => {
          const foreign = index % 10 === 0 ? { ...grant, contactCenter: '9351' } : grant;
          const request = {
            grant: signer.sign(foreign),
            envelope,
            requestId: `batch-${index}`,
            timeoutMs,
            signal: new AbortController().signal,
          };
          return sessionKeys.unwrap(request).then(
            ({ keys: [{ sessionKey }] }) => sessionKey,
            (error: unknown) => (error as { code: string }).code,
          );
        }),
      );
      const expected = calls.map(({ sessionKey }, index) => (index % 10 === 0 ? 'RCS_KEY_NOT_FOUND' : sessionKey));
      expect(opened).toEqual(expected);
    } finally {
      client.close();
    }
    expect(await vault.metrics()).toMatch(/^rcs_vault_calls_total\{(?=.*call="UnwrapSessionKeys").*\} [1-9]/m);
    await waitFor('the line of the last one', () => vault.log().includes('batch-99'));
  });

  it('is bounded', async () => {
    const transport = await new TransportAgreements().with(worker, timeoutMs);
    const items = Array.from({ length: 257 }, () => ({ envelope: Buffer.of(1), grant: 'a' }));
    const opened = worker.call('UnwrapSessionKeys', { items, transportKeyId: transport.id }, { timeoutMs });
    await expect(opened).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });
});

describe('another vault on the same token', () => {
  let elsewhere: KeyVaultEndpoint;
  let sessionKeys: SessionKeyClient;
  let client: KeyVaultClient;

  beforeAll(async () => {
    const replica = await testBed.startVault();
    elsewhere = await testBed.administrator(replica);
    client = new KeyVaultClient([replica.address], { current: await testBed.identity('decrypt-worker') });
    sessionKeys = new SessionKeyClient(client);
  });
  afterAll(() => client?.close());

  const generated = async (alias: string): Promise<KeyEntry> =>
    (await gateway.call('GenerateKeyPair', { contactCenter: '9350', alias, modulusBits: 2048 }, { timeoutMs })).key;
  const openedElsewhere = async (made: KeyEntry): Promise<boolean> => {
    const { envelope, grant, sessionKey } = recordCall(made);
    const { signal } = new AbortController();
    const request = { envelope, grant: signer.sign(grant), requestId: 'replica', timeoutMs, signal };
    return (await sessionKeys.unwrap(request)).keys[0].sessionKey.equals(sessionKey);
  };

  it('uses keys that were made at the first one a moment ago, one after the other', async () => {
    for (const alias of ['made here', 'and here', 'and here again']) {
      const made = await generated(alias);
      const request = { key: nameOf(made), subject: { subject: 'CN=replica' } };
      const signed = await elsewhere.call('CreateCertificateSigningRequest', request, { timeoutMs });
      expect(signed.certificateSigningRequest).toContain('BEGIN CERTIFICATE REQUEST');
      expect(await openedElsewhere(made)).toBe(true);
    }
  });
});

describe('a token that is making a key', () => {
  it('is listed meanwhile, and has the key afterwards', async () => {
    const bed = await VaultTestBed.prepare();
    const shim = new Shim(bed.softHsm);
    try {
      const uri = `pkcs11:token=recordings?module-path=${shim.modulePath}`;
      const slow = await bed.startVault({ tokens: [{ uri, pin: bed.softHsm.pin, sessions: 2 }] });
      const administrator = await bed.administrator(slow);
      const make = async (alias: string): Promise<KeyEntry> =>
        (await administrator.call('GenerateKeyPair', { contactCenter: '1', alias, modulusBits: 2048 }, { timeoutMs }))
          .key;
      const aliases = async (): Promise<string[]> =>
        (await administrator.call('ListKeys', { contactCenter: '1' }, { timeoutMs })).keys.map(({ alias }) => alias);
      await make('first');
      shim.countAnew();
      shim.play('stall C_GenerateKeyPair 8000');
      let isMade = false;
      const making = make('second').then(() => (isMade = true));
      await waitFor('the token to make a key', () => Promise.resolve(shim.count('C_GenerateKeyPair') > 0));
      expect([await aliases(), isMade]).toEqual([['first'], false]);
      await making;
      expect((await aliases()).sort()).toEqual(['first', 'second']);
    } finally {
      shim.play();
      await bed.clear();
      shim.remove();
    }
  });
});

describe('the local key manager', () => {
  let own: KeyEntry;
  const decrypt = async (
    keyIdentifier: string,
    padding: 'OAEP_SHA1' | 'PKCS1_V1_5',
    block: Buffer,
    contactCenter = '9350',
  ): Promise<Buffer> => {
    const transport = await new TransportAgreements().with(localKeyManager, timeoutMs);
    const request = { contactCenter, keyIdentifier, padding, block, messageLength: 0, transportKeyId: transport.id };
    const { jwe } = await localKeyManager.call('DecryptBlock', request, { timeoutMs });
    return transport.key.unwrap(jwe);
  };

  beforeAll(async () => {
    const request = { contactCenter: '9350', alias: 'b0a3', modulusBits: 3072 };
    ({ key: own } = await localKeyManager.call('GenerateKeyPair', request, { timeoutMs }));
  });

  it('opens blocks of both paddings with a key of its own', async () => {
    const message = randomBytes(32);
    const oaep = publicEncrypt({ key: publicKeyOf(own), padding: constants.RSA_PKCS1_OAEP_PADDING }, message);
    const pkcs1 = publicEncrypt({ key: publicKeyOf(own), padding: constants.RSA_PKCS1_PADDING }, message);
    expect(own.purpose).toBe('LOCAL_KEY_MANAGER');
    expect(await decrypt(own.keyIdentifier, 'OAEP_SHA1', oaep)).toEqual(message);
    expect(await decrypt(own.keyIdentifier, 'PKCS1_V1_5', pkcs1)).toEqual(message);
  });

  it('cannot tell wrong padding from right', async () => {
    const block = Buffer.concat([Buffer.of(0), randomBytes(383)]);
    for (const padding of ['OAEP_SHA1', 'PKCS1_V1_5'] as const) {
      const first = await decrypt(own.keyIdentifier, padding, block);
      expect(padding === 'OAEP_SHA1' ? first.length === 32 : first.length <= 384 - 11).toBe(true);
      expect(await decrypt(own.keyIdentifier, padding, block)).toEqual(first);
    }
  });

  it('has no use of the keys of recordings, nor they of its', async () => {
    const block = publicEncrypt({ key: publicKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, randomBytes(32));
    await expect(decrypt(key.keyIdentifier, 'PKCS1_V1_5', block)).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
    const call = recordCall(own);
    const transport = await new TransportAgreements().with(worker, timeoutMs);
    const opened = worker.call(
      'UnwrapSessionKey',
      { grant: signer.sign(call.grant), envelope: call.envelope, transportKeyId: transport.id },
      { timeoutMs },
    );
    await expect(opened).rejects.toMatchObject({ code: 'RCS_KEY_NOT_FOUND' });
    expect(await listed()).not.toContainEqual(own);
    const { keys } = await localKeyManager.call('ListKeys', { contactCenter: '9350' }, { timeoutMs });
    expect(keys).toEqual([own]);
    const foreign = gateway.call('DisableKey', { key: nameOf(own), alias: own.alias }, { timeoutMs });
    await expect(foreign).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
  });

  it('opens blocks for the contact center of the key alone, and tells no other that the key is there', async () => {
    const block = publicEncrypt({ key: publicKeyOf(own), padding: constants.RSA_PKCS1_OAEP_PADDING }, randomBytes(32));
    const refusal = (keyIdentifier: string, contactCenter: string): Promise<unknown> =>
      decrypt(keyIdentifier, 'OAEP_SHA1', block, contactCenter).then(
        () => 'opened',
        (error: unknown) => ({ code: (error as RcsError).code, publicDetail: (error as RcsError).publicDetail }),
      );
    const notThere = await refusal('00'.repeat(20), '1234');
    expect(notThere).toMatchObject({ code: 'RCS_NOT_FOUND' });
    expect(await refusal(own.keyIdentifier, '1234')).toEqual(notThere);
    // Gateways of before name no contact center, and all their keys have one and the same name in their labels.
    expect(await refusal(own.keyIdentifier, '')).toEqual(notThere);
    const everybodys = localKeyManager.call('ListKeys', { contactCenter: '' }, { timeoutMs });
    await expect(everybodys).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    const { keys } = await localKeyManager.call('ListKeys', { contactCenter: '1234' }, { timeoutMs });
    expect(keys).toEqual([]);
  });

  it('serves gateways of before with the keys of before', async () => {
    const request = { contactCenter: 'genesys-cloud', alias: 'b0a4', modulusBits: 2048 };
    const { key: former } = await localKeyManager.call('GenerateKeyPair', request, { timeoutMs });
    const message = randomBytes(32);
    const block = publicEncrypt({ key: publicKeyOf(former), padding: constants.RSA_PKCS1_OAEP_PADDING }, message);
    expect(await decrypt(former.keyIdentifier, 'OAEP_SHA1', block, '')).toEqual(message);
  });
});

it('writes down every use: key, caller, recording, outcome', async () => {
  const transport = await new TransportAgreements().with(worker, timeoutMs);
  const call = recordCall(key, '9350', 'audited-call');
  const request = { grant: signer.sign(call.grant), envelope: call.envelope, transportKeyId: transport.id };
  await worker.call('UnwrapSessionKey', request, { timeoutMs, requestId: 'request-of-the-audit' });
  const lines = (): string[] =>
    vault
      .log()
      .split('\n')
      .filter(line => line.includes('request-of-the-audit') && line.includes('"audit"'));
  await waitFor('the line of this use', () => lines().length > 0);
  expect(lines().map(line => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({
      audit: expect.objectContaining({
        operation: 'unwrap',
        outcome: 'ok',
        caller: 'decrypt-worker',
        key: '9350/own',
        keyIdentifier: key.keyIdentifier,
        user: 'supervisor',
        recording: 'audited-call',
      }) as object,
    }),
  );
  expect(await vault.metrics()).toMatch(
    /^rcs_vault_key_uses_total\{(?=.*operation="unwrap")(?=.*key="9350\/own")(?=.*outcome="ok").*\} [1-9]/m,
  );
});

it('the client finds a vault that answers', async () => {
  const client = new KeyVaultClient([vault.address], { current: await testBed.identity('rcsctl') });
  try {
    const status = await client.anyVault(timeoutMs, (one, left) => one.call('Status', {}, { timeoutMs: left }));
    expect(status).toMatchObject({ ready: true, tokenLabel: 'recordings' });
  } finally {
    client.close();
  }
});
