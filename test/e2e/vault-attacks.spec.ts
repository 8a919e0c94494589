import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encryptToPublicKey,
  GrantSigner,
  keyVaultCallers,
  TransportAgreements,
  type KeyEntry,
  type KeyVaultCall,
  type KeyVaultEndpoint,
} from '#contracts';
import { serviceRoles, type InternalIdentity } from '#platform';
import { InternalAuthority } from '../authority/internal-authority.js';
import { readPrivateParts } from '../vault/private-parts.js';
import { recordCall, type RecordedCall } from '../vault/recorded-call.js';
import type { RunningVault } from '../vault/running-vault.js';
import { confusedGrant, signedGrant, unsignedGrant } from '../vault/signed-grant.js';
import { VaultGrounds } from '../vault/vault-grounds.js';

jest.setTimeout(240_000);

const timeoutMs = 120_000;
const usesPerGrant = 5;
let grounds: VaultGrounds;
let vault: RunningVault;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let gatewayIdentity: InternalIdentity;
let signer: GrantSigner;
let key: KeyEntry;

beforeAll(async () => {
  grounds = await VaultGrounds.prepare();
  vault = await grounds.startVault({ limits: { usesPerGrant, unwrapsPerSecond: 100_000, queuedPerCaller: 300 } });
  gateway = await grounds.connect(vault, 'playback-gateway');
  worker = await grounds.connect(vault, 'decrypt-worker');
  gatewayIdentity = await grounds.identity('playback-gateway');
  signer = await GrantSigner.create(gatewayIdentity);
  const request = { contactCenter: '9350', alias: 'own', modulusBits: 2048 };
  ({ key } = await gateway.call('GenerateKeyPair', request, { timeoutMs }));
});
afterAll(() => grounds?.clear());

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

const now = (): number => Math.floor(Date.now() / 1000);
const payloadFor = ({ grant }: RecordedCall, changes: object = {}): object => ({
  jti: randomUUID(),
  iat: now(),
  exp: now() + 30,
  ...grant,
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
      'of a worker': signedGrant(await grounds.identity('decrypt-worker'), payloadFor(call)),
      'of a vault': signedGrant(await grounds.identity('key-vault'), payloadFor(call)),
      'of another cluster': signedGrant(gatewayOfAnotherCluster, payloadFor(call)),
      'with a certificate whose key it was not signed with': signedGrant(claimsToBeGateway, payloadFor(call)),
      'with a key inside': signedGrant(gatewayOfAnotherCluster, payloadFor(call), {
        jwk: createPrivateKey(gatewayOfAnotherCluster.keyPem).export({ format: 'jwk' }),
        x5c: undefined,
      }),
      'with a member too much': signedGrant(gatewayIdentity, payloadFor(call, { admin: true })),
      'for everybody': signedGrant(gatewayIdentity, payloadFor(call, { contactCenter: '' })),
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
    const grant = await signer.sign(call.grant);
    for (let use = 0; use < usesPerGrant; use++) expect(await outcomeOf(call, grant)).toBe('ok');
    expect(await outcomeOf(call, grant)).toBe('RCS_GRANT_REFUSED');
    expect(await outcomeOf(call, await signer.sign(call.grant))).toBe('ok');
  });

  it('cannot be turned to another envelope or to the keys of another contact center', async () => {
    const [call, other] = [recordCall(key), recordCall(key)];
    expect(await outcomeOf(other, await signer.sign(call.grant))).toBe('RCS_GRANT_REFUSED');
    const cut = { ...call, envelope: call.envelope.subarray(0, -1) };
    expect(await outcomeOf(cut, await signer.sign(call.grant))).toBe('RCS_GRANT_REFUSED');
    const foreign = recordCall(key, '9351');
    expect(await outcomeOf(foreign, await signer.sign(foreign.grant))).toBe('RCS_KEY_NOT_FOUND');
  });

  it('gives nothing to a worker that uses the transport key of another', async () => {
    const otherWorker = vault.endpoint(await grounds.authority.issue('decrypt-worker'));
    try {
      const stolen = await agreements.with(worker, timeoutMs);
      const call = recordCall(key);
      const request = { grant: await signer.sign(call.grant), envelope: call.envelope, transportKeyId: stolen.id };
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
    const endpoint = await grounds.connect(vault, role);
    await expect(endpoint.call(call, {}, { timeoutMs })).rejects.toMatchObject({
      code: 'RCS_CALLER_NOT_ALLOWED',
    });
  });

  it('of another cluster, or without a role, is not heard', async () => {
    const foreign = await InternalAuthority.create();
    const stranger = await foreign.issue('playback-gateway');
    const nobody = await grounds.authority.issue('playback-gateway', { names: [] });
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
    const flooder = vault.endpoint(await grounds.authority.issue('decrypt-worker'));
    try {
      const call = recordCall(large);
      const grants = await Promise.all(Array.from({ length: 80 }, () => signer.sign(call.grant)));
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
      expect(await outcomeOf(mine, await signer.sign(mine.grant))).toBe('ok');
      expect(pending).toBeGreaterThan(0);
      expect(await outcomeOf(other, await signer.sign(other.grant))).toBe('ok');
      const outcomes = await Promise.all(flood);
      expect(new Set([...outcomes, 'ok', 'RCS_OVERLOADED'])).toEqual(new Set(['ok', 'RCS_OVERLOADED']));
      expect(outcomes.filter(outcome => outcome === 'RCS_OVERLOADED').length).toBeGreaterThan(0);
    } finally {
      flooder.close();
    }
  });
});

it('nobody reads a private key out of the token, made there or imported', async () => {
  const [keyFile, certificateFile] = [join(grounds.directory, 'own.key'), join(grounds.directory, 'own.crt')];
  const files = ['-keyout', keyFile, '-out', certificateFile, '-subj', '/CN=imported'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'pipe' });
  const pkcs8 = createPrivateKey(readFileSync(keyFile)).export({ format: 'der', type: 'pkcs8' });
  const { publicKey } = await gateway.call('GetImportKey', {}, { timeoutMs });
  const jwe = await encryptToPublicKey(publicKey, pkcs8);
  const certificate = readFileSync(certificateFile, 'utf8');
  await gateway.call('ImportKey', { contactCenter: '9350', alias: 'imported', certificate, jwe }, { timeoutMs });

  const parts = readPrivateParts(grounds.softHsm, 'recordings');
  expect(parts.map(({ label }) => label)).toEqual(expect.arrayContaining(['9350/own', '9350/imported']));
  for (const { attributes, wrapping } of parts) {
    expect(new Set(Object.values(attributes))).toEqual(new Set(['CKR_ATTRIBUTE_SENSITIVE']));
    expect(wrapping).toBe('CKR_KEY_UNEXTRACTABLE');
  }
});
