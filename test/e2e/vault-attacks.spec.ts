import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyVaultCallers, type KeyEntry, type KeyVaultCall } from '#contracts';
import {
  administrationGrants,
  boundTo,
  certificateThumbprint,
  GrantSigner,
  keyApprovals,
  maximumAuthenticationAgeSeconds,
  vaultAudience,
  type AdministrationGrant,
  type GrantBinding,
  type PlaybackGrant,
} from '#grants';
import { encryptToPublicKey, TransportAgreements, type KeyVaultEndpoint } from '#key-vault-client';
import { serviceRoles, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { administrationActs, administrationContent } from '#test/vault/administrator-endpoint.js';
import { readPrivateParts } from '#test/vault/private-parts.js';
import { recordCall, type RecordedCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { confusedGrant, signedGrant, unsignedGrant } from '#test/vault/signed-grant.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(240_000);

const timeoutMs = 120_000;
const usesPerGrant = 5;
let testBed: VaultTestBed;
let vault: RunningVault;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let gatewayIdentity: InternalIdentity;
let signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>;
/** Whose vaults and whose worker good grants are for. */
let binding: GrantBinding;
let key: KeyEntry;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  vault = await testBed.startVault({ limits: { usesPerGrant, unwrapsPerSecond: 100_000, queuedPerCaller: 300 } });
  gateway = await testBed.administrator(vault);
  worker = await testBed.connect(vault, 'decrypt-worker');
  gatewayIdentity = await testBed.identity('playback-gateway');
  signer = await testBed.grantSigner();
  const { certificatePem } = await testBed.identity('decrypt-worker');
  binding = { aud: vaultAudience(), ...boundTo(certificateThumbprint(new X509Certificate(certificatePem).raw)) };
  const request = { contactCenter: '9350', alias: 'own', modulusBits: 2048 };
  ({ key } = await gateway.call('GenerateKeyPair', request, { timeoutMs }));
});
afterAll(() => testBed?.clear());

const agreements = new TransportAgreements();

/** `ok` when the session key came, else the code of the error. */
async function outcomeOf(
  call: Pick<RecordedCall, 'envelope' | 'sessionKey'>,
  grant: string,
  by = worker,
): Promise<string> {
  const transport = await agreements.with(by, timeoutMs);
  try {
    const request = { grant, envelope: call.envelope, transportKeyId: transport.id };
    const { jwe } = await by.call('UnwrapSessionKey', request, { timeoutMs });
    return transport.key.unwrap(jwe).equals(call.sessionKey) ? 'ok' : 'other bytes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** A key and certificate that somebody made themself. */
function ownPair(name: string): { readonly pkcs8: Buffer; readonly certificate: string } {
  const [keyFile, certificateFile] = [join(testBed.directory, `${name}.key`), join(testBed.directory, `${name}.crt`)];
  const files = ['-keyout', keyFile, '-out', certificateFile, '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'pipe' });
  const pkcs8 = createPrivateKey(readFileSync(keyFile)).export({ format: 'der', type: 'pkcs8' });
  return { pkcs8, certificate: readFileSync(certificateFile, 'utf8') };
}

const nameOf = ({ contactCenter, keyIdentifier }: KeyEntry) => ({ contactCenter, keyIdentifier });
const now = (): number => Math.floor(Date.now() / 1000);
const payloadFor = ({ grant }: RecordedCall, changes: object = {}): object => ({
  jti: randomUUID(),
  iat: now(),
  exp: now() + 30,
  ...grant,
  ...binding,
  ...changes,
});

describe('a grant', () => {
  it('opens its envelope when a gateway signed it', async () => {
    const call = recordCall(key);
    expect(await outcomeOf(call, signedGrant(gatewayIdentity, payloadFor(call)))).toBe('ok');
  });

  it('that was forged opens nothing', async () => {
    const call = recordCall(key);
    const foreign = await InternalAuthority.create();
    const good = signedGrant(gatewayIdentity, payloadFor(call));
    const [header = '', , signature = ''] = good.split('.');
    const otherPayload = Buffer.from(JSON.stringify(payloadFor(call, { sub: 'admin' }))).toString('base64url');
    const gatewayOfAnotherCluster = await foreign.issue('playback-gateway');
    const claimsToBeGateway = { ...gatewayOfAnotherCluster, certificatePem: gatewayIdentity.certificatePem };
    const grants = {
      'with a changed payload': `${header}.${otherPayload}.${signature}`,
      'without a signature': unsignedGrant(gatewayIdentity, payloadFor(call)),
      'with an HMAC under the certificate': confusedGrant(gatewayIdentity, payloadFor(call)),
      'of a worker': signedGrant(await testBed.identity('decrypt-worker'), payloadFor(call)),
      'of a vault': signedGrant(await testBed.identity('key-vault'), payloadFor(call)),
      'of another cluster': signedGrant(gatewayOfAnotherCluster, payloadFor(call)),
      'with a certificate whose key it was not signed with': signedGrant(claimsToBeGateway, payloadFor(call)),
      'with a key inside': signedGrant(gatewayOfAnotherCluster, payloadFor(call), {
        jwk: createPrivateKey(gatewayOfAnotherCluster.keyPem).export({ format: 'jwk' }),
        x5c: undefined,
      }),
      'with a member too much': signedGrant(gatewayIdentity, payloadFor(call, { admin: true })),
      'for everybody': signedGrant(gatewayIdentity, payloadFor(call, { contactCenter: '' })),
      'for the vaults of another cluster': signedGrant(gatewayIdentity, payloadFor(call, { aud: vaultAudience('b') })),
      'for vaults of any cluster': signedGrant(gatewayIdentity, payloadFor(call, { aud: undefined })),
      'of another worker': signedGrant(gatewayIdentity, payloadFor(call, boundTo('A'.repeat(43)))),
      'of whoever has it': signedGrant(gatewayIdentity, payloadFor(call, { cnf: undefined })),
      'to inspect': signedGrant(gatewayIdentity, payloadFor(call, { purpose: 'inspect' })),
      'that is no grant': 'a.b.c',
      'that is empty': '',
    };
    for (const [name, grant] of Object.entries(grants))
      expect([name, await outcomeOf(call, grant)]).toEqual([name, 'RCS_GRANT_REFUSED']);
  });

  it('that is over, not yet begun or too long opens nothing', async () => {
    const call = recordCall(key);
    const times = [
      { iat: now() - 120, exp: now() - 60 },
      { iat: now() + 60, exp: now() + 90 },
      { iat: now(), exp: now() + 3600 },
      { iat: now() + 4, exp: now() + 2 },
      { iat: now() - 3600, exp: now() + 30 },
      { exp: undefined },
    ];
    for (const time of times) {
      const grant = signedGrant(gatewayIdentity, payloadFor(call, time));
      expect([time, await outcomeOf(call, grant)]).toEqual([time, 'RCS_GRANT_REFUSED']);
    }
  });

  it('cannot be replayed without end', async () => {
    const call = recordCall(key);
    const grant = signer.sign(call.grant);
    for (let use = 0; use < usesPerGrant; use++) expect(await outcomeOf(call, grant)).toBe('ok');
    expect(await outcomeOf(call, grant)).toBe('RCS_GRANT_REFUSED');
    expect(await outcomeOf(call, signer.sign(call.grant))).toBe('ok');
  });

  it('cannot be turned to another envelope or to the keys of another contact center', async () => {
    const [call, other] = [recordCall(key), recordCall(key)];
    expect(await outcomeOf(other, signer.sign(call.grant))).toBe('RCS_GRANT_REFUSED');
    const cut = { ...call, envelope: call.envelope.subarray(0, -1) };
    expect(await outcomeOf(cut, signer.sign(call.grant))).toBe('RCS_GRANT_REFUSED');
    const foreign = recordCall(key, '9351');
    expect(await outcomeOf(foreign, signer.sign(foreign.grant))).toBe('RCS_KEY_NOT_FOUND');
  });

  it('gives nothing to a worker that uses the transport key of another', async () => {
    const otherWorker = vault.endpoint(await testBed.authority.issue('decrypt-worker'));
    try {
      const stolen = await agreements.with(worker, timeoutMs);
      const call = recordCall(key);
      const request = { grant: signer.sign(call.grant), envelope: call.envelope, transportKeyId: stolen.id };
      const opened = otherWorker.call('UnwrapSessionKey', request, { timeoutMs });
      await expect(opened).rejects.toMatchObject({ code: 'RCS_TRANSPORT_KEY_UNKNOWN' });
    } finally {
      otherWorker.close();
    }
  });
});

describe('a caller', () => {
  const calls = Object.keys(keyVaultCallers) as KeyVaultCall[];
  const forbidden = serviceRoles.flatMap(role =>
    calls.filter(call => !keyVaultCallers[call].includes(role)).map(call => [role, call] as const),
  );

  it.each(forbidden)('with the role %s may not call %s', async (role, call) => {
    const endpoint = await testBed.connect(vault, role);
    await expect(endpoint.call(call, {}, { timeoutMs })).rejects.toMatchObject({
      code: 'RCS_CALLER_NOT_ALLOWED',
    });
  });

  it('of another cluster, or without a role, is not heard', async () => {
    const foreign = await InternalAuthority.create();
    const stranger = await foreign.issue('playback-gateway');
    const nobody = await testBed.authority.issue('playback-gateway', { names: [] });
    const withStrangersKey = { ...stranger, caPem: gatewayIdentity.caPem };
    for (const [identity, code] of [
      [withStrangersKey, 'RCS_VAULT_UNAVAILABLE'],
      [nobody, 'RCS_CALLER_NOT_ALLOWED'],
    ] as const) {
      const endpoint = vault.endpoint(identity);
      try {
        await expect(endpoint.call('ListKeys', { contactCenter: '' }, { timeoutMs: 10_000 })).rejects.toMatchObject({
          code,
        });
      } finally {
        endpoint.close();
      }
    }
  });

  it('who floods the vault leaves others served', async () => {
    const request = { contactCenter: '9350', alias: 'large', modulusBits: 4096 };
    const { key: large } = await gateway.call('GenerateKeyPair', request, { timeoutMs });
    const identity = await testBed.authority.issue('decrypt-worker');
    const flooder = vault.endpoint(identity);
    const signerForFlooder = await testBed.grantSigner(identity);
    try {
      const call = recordCall(large);
      const grants = Array.from({ length: 80 }, () => signerForFlooder.sign(call.grant));
      await agreements.with(flooder, timeoutMs);
      await agreements.with(worker, timeoutMs);
      let pending = 0;
      const flood = grants.flatMap(grant =>
        Array.from({ length: usesPerGrant }, async () => {
          pending++;
          const outcome = await outcomeOf(call, grant, flooder);
          pending--;
          return outcome;
        }),
      );
      const [mine, other] = [recordCall(key), recordCall(key)];
      expect(await outcomeOf(mine, signer.sign(mine.grant))).toBe('ok');
      expect(pending).toBeGreaterThan(0);
      expect(await outcomeOf(other, signer.sign(other.grant))).toBe('ok');
      const outcomes = await Promise.all(flood);
      expect(new Set([...outcomes, 'ok', 'RCS_OVERLOADED'])).toEqual(new Set(['ok', 'RCS_OVERLOADED']));
      expect(outcomes.filter(outcome => outcome === 'RCS_OVERLOADED').length).toBeGreaterThan(0);
    } finally {
      flooder.close();
    }
  });
});

describe('who holds the TLS files of a gateway and nothing else', () => {
  const calls = (Object.keys(keyVaultCallers) as KeyVaultCall[]).filter(call =>
    keyVaultCallers[call].includes('playback-gateway'),
  );
  const acts = Object.keys(administrationActs) as KeyVaultCall[];
  let thief: KeyVaultEndpoint;
  let grants: GrantSigner<AdministrationGrant>;
  let victim: KeyEntry;
  let certificate: string;
  let jwe: string;

  beforeAll(async () => {
    thief = await testBed.connect(vault, 'playback-gateway');
    grants = new GrantSigner({ current: gatewayIdentity }, administrationGrants);
    const request = { contactCenter: '9350', alias: 'victim', modulusBits: 2048 };
    const { key: made } = await gateway.call('GenerateKeyPair', request, { timeoutMs });
    const certify = { key: nameOf(made), subject: { subject: 'CN=victim' }, alias: 'victim', validityDays: 30 };
    ({ key: victim } = await gateway.call('CreateSelfSignedCertificate', certify, { timeoutMs }));
    const own = ownPair('thief');
    certificate = own.certificate;
    jwe = await encryptToPublicKey((await thief.call('GetImportKey', {}, { timeoutMs })).publicKey, own.pkcs8);
  });

  /** As complete as a request of this call can be, so that nothing but a missing right refuses it. */
  const requestOf = (call: KeyVaultCall): object =>
    call === 'ImportKey'
      ? { contactCenter: '9350', alias: 'victim', certificate, jwe }
      : {
          ...(call === 'GenerateKeyPair' ? { contactCenter: '9350', modulusBits: 2048 } : { key: nameOf(victim) }),
          ...(call === 'AttachCertificate' ? { certificate: victim.certificate } : {}),
          ...(call === 'CreateSelfSignedCertificate'
            ? { subject: { subject: 'CN=victim' }, alias: 'shadow', validityDays: 30 }
            : { alias: 'victim' }),
        };
  const attempt = async (call: KeyVaultCall, request: object): Promise<string> => {
    try {
      await thief.call(call, request as never, { timeoutMs });
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const keysInToken = async (): Promise<readonly KeyEntry[]> => {
    const commandLine = await testBed.connect(vault, 'rcsctl');
    return (await commandLine.call('ListKeys', { contactCenter: '' }, { timeoutMs })).keys;
  };
  const opens = async (): Promise<string> => {
    const call = recordCall(victim);
    return outcomeOf(call, signer.sign(call.grant));
  };

  it('has no call that destroys a key', () => {
    expect(calls).not.toContain('DestroyKey');
    expect(calls.filter(call => /delete|destroy|remove/i.test(call))).toEqual([]);
  });

  it('changes nothing without a grant, or with one for something else', async () => {
    const before = await keysInToken();
    for (const call of acts) {
      const request = requestOf(call);
      const content = administrationContent(administrationActs[call]!, request);
      const long = now() - maximumAuthenticationAgeSeconds - 60;
      const playback = recordCall(victim);
      const shown = {
        nothing: '',
        'a grant to play': signer.sign(playback.grant),
        'a grant of a worker': new GrantSigner(
          { current: await testBed.identity('decrypt-worker') },
          administrationGrants,
        ).sign(content),
        'a grant for another act': grants.sign({
          ...content,
          act: content.act === 'enable' ? 'disable' : 'enable',
        }),
        'a grant for another contact center': grants.sign({ ...content, contactCenter: '9351' }),
        'a grant for another alias': grants.sign({ ...content, alias: 'another' }),
        'a grant for another key': grants.sign({ ...content, keyIdentifier: 'ab'.repeat(20) }),
        'a grant for another certificate': grants.sign({ ...content, certificate: 'ab'.repeat(32) }),
        'an old login': grants.sign({ ...content, auth_time: long }),
        'a login to come': grants.sign({ ...content, auth_time: now() + 3600 }),
        'a grant that lives long': signedGrant(
          gatewayIdentity,
          { jti: randomUUID(), iat: now(), exp: now() + 3600, ...content },
          { typ: 'rcs-administration-grant+jws' },
        ),
      };
      for (const [name, grant] of Object.entries(shown)) {
        const expected = name === 'an old login' ? 'RCS_FRESH_LOGIN_REQUIRED' : 'RCS_GRANT_REFUSED';
        expect([call, name, await attempt(call, { ...request, grant })]).toEqual([call, name, expected]);
      }
    }
    expect(await keysInToken()).toEqual(before);
    expect(await opens()).toBe('ok');
  });

  it('forges what a gateway may sign, and nothing is lost by it', async () => {
    const before = await keysInToken();
    for (const call of [...acts, ...calls].filter(one => one !== 'EnableKey')) {
      const request = requestOf(call);
      const act = administrationActs[call];
      const grant = act === undefined ? '' : grants.sign(administrationContent(act, request));
      await attempt(call, { ...request, grant });
      if (act !== undefined) expect(await attempt(call, { ...request, grant })).not.toBe('ok');
    }
    const approvals = [
      new GrantSigner({ current: gatewayIdentity }, keyApprovals).sign({
        sub: 'thief',
        purpose: 'destroy',
        ...nameOf(victim),
        alias: 'victim',
        unlistableSources: [],
      }),
    ];
    expect(await attempt('DestroyKey', { ...requestOf('DisableKey'), approvals })).toBe('RCS_CALLER_NOT_ALLOWED');

    const commandLine = await testBed.connect(vault, 'rcsctl');
    await commandLine.call('EnableKey', { key: nameOf(victim), alias: 'victim' }, { timeoutMs });
    expect(await keysInToken()).toEqual(expect.arrayContaining([...before]));
    expect(await opens()).toBe('ok');
  });
});

it('nobody reads a private key out of the token, made there or imported', async () => {
  const { pkcs8, certificate } = ownPair('imported');
  const { publicKey } = await gateway.call('GetImportKey', {}, { timeoutMs });
  const jwe = await encryptToPublicKey(publicKey, pkcs8);
  await gateway.call('ImportKey', { contactCenter: '9350', alias: 'imported', certificate, jwe }, { timeoutMs });

  const parts = readPrivateParts(testBed.softHsm, 'recordings');
  expect(parts.map(({ label }) => label)).toEqual(expect.arrayContaining(['9350/own', '9350/imported']));
  for (const { attributes, wrapping } of parts) {
    expect(new Set(Object.values(attributes))).toEqual(new Set(['CKR_ATTRIBUTE_SENSITIVE']));
    expect(wrapping).toBe('CKR_KEY_UNEXTRACTABLE');
  }
});
