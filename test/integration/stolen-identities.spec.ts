import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import { boundTo, certificateThumbprint, GrantSigner, playbackGrants } from '#grants';
import { KeyVaultClient, SessionKeyClient, type KeyVaultEndpoint } from '#key-vault-client';
import type { InternalIdentity } from '#platform';
import { recordCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { waitFor } from '#test/waiting/wait-for.js';

jest.setTimeout(180_000);

const timeoutMs = 60_000;
let testBed: VaultTestBed;
let vault: RunningVault;
let listFile: string;
let key: KeyEntry;
const clients: KeyVaultClient[] = [];

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  mkdirSync(testBed.directory, { recursive: true });
  listFile = join(testBed.directory, 'denied');
  writeFileSync(listFile, '# nobody\n');
  vault = await testBed.startVault(
    {},
    { RCS_INTERNAL_TLS__DENIED_CERTIFICATES_FILE: listFile, RCS_RELOAD_INTERVAL_MS: '100' },
  );
  const administrator = await testBed.administrator(vault);
  const wanted = { contactCenter: '9350', alias: 'own', modulusBits: 2048 };
  ({ key } = await administrator.call('GenerateKeyPair', wanted, { timeoutMs }));
});
afterAll(async () => {
  clients.forEach(client => client.close());
  await testBed?.clear();
});

const certificateOf = ({ certificatePem }: InternalIdentity): X509Certificate => new X509Certificate(certificatePem);

function workerOf(identity: InternalIdentity): SessionKeyClient {
  const client = new KeyVaultClient([vault.address], { current: identity });
  clients.push(client);
  return new SessionKeyClient(client);
}

/** `ok`, or the code of the error, when this worker shows a grant that this gateway gave to `holder`. */
async function outcome(gateway: InternalIdentity, worker: InternalIdentity, holder = worker): Promise<string> {
  const call = recordCall(key);
  const bound = boundTo(certificateThumbprint(certificateOf(holder).raw));
  const grant = new GrantSigner({ current: gateway }, playbackGrants).sign({ ...call.grant, ...bound });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const request = { grant, envelope: call.envelope, requestId: 'stolen-identity', timeoutMs, signal };
    const { keys } = await workerOf(worker).unwrap(request);
    return keys[0].sessionKey.equals(call.sessionKey) ? 'ok' : 'other bytes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** Denies certificates, and nobody else, until the vault knows. */
async function deny(...lines: readonly string[]): Promise<void> {
  writeFileSync(listFile, ['# stolen', ...lines].map(line => `${line}\n`).join(''));
  await waitFor('the vault to read the list', async () =>
    new RegExp(`^rcs_denied_certificates\\{[^}]*\\} ${lines.length}$`, 'm').test(await vault.metrics()),
  );
}

it('a grant works through the worker alone that it was given to', async () => {
  const gateway = await testBed.identity('playback-gateway');
  const [worker, thief] = [await testBed.identity('decrypt-worker'), await testBed.authority.issue('decrypt-worker')];
  expect(await outcome(gateway, worker)).toBe('ok');
  expect(await outcome(gateway, thief, worker)).toBe('RCS_GRANT_REFUSED');
});

it('grants of a denied gateway open nothing and nobody connects with its certificate, without a restart, while others go on', async () => {
  const [good, stolen] = [
    await testBed.identity('playback-gateway'),
    await testBed.authority.issue('playback-gateway'),
  ];
  const worker = await testBed.identity('decrypt-worker');
  const connected: KeyVaultEndpoint = vault.endpoint(stolen);
  const [asGood, asStolen] = [await testBed.connect(vault, 'playback-gateway'), connected];
  const list = (by: KeyVaultEndpoint): Promise<unknown> =>
    by.call('ListKeys', { contactCenter: '9350' }, { timeoutMs });
  try {
    await list(asStolen);
    expect(await outcome(stolen, worker)).toBe('ok');
    await deny(certificateOf(stolen).fingerprint256);
    expect(await outcome(stolen, worker)).toBe('RCS_GRANT_REFUSED');
    await expect(list(asStolen)).rejects.toMatchObject({ code: 'RCS_VAULT_UNAVAILABLE' });
    expect(await outcome(good, worker)).toBe('ok');
    await list(asGood);
    expect(vault.log()).toContain('a peer with a denied certificate is refused');
    await deny();
    expect(await outcome(stolen, worker)).toBe('ok');
  } finally {
    connected.close();
  }
});

it('a denied worker gets no session key, also by its serial number', async () => {
  const gateway = await testBed.identity('playback-gateway');
  const [worker, stolen] = [await testBed.identity('decrypt-worker'), await testBed.authority.issue('decrypt-worker')];
  expect(await outcome(gateway, stolen)).toBe('ok');
  await deny(`serial:${certificateOf(stolen).serialNumber}`);
  expect([await outcome(gateway, stolen), await outcome(gateway, worker)]).toEqual(['RCS_VAULT_UNAVAILABLE', 'ok']);
  await deny();
});

it('a list that cannot be read leaves the former one in force', async () => {
  const gateway = await testBed.identity('playback-gateway');
  const stolen = await testBed.authority.issue('decrypt-worker');
  await deny(certificateOf(stolen).fingerprint256);
  writeFileSync(listFile, 'the worker of machine 7\n');
  await waitFor('the vault to refuse the list', () =>
    Promise.resolve(vault.log().includes('is neither a SHA-256 fingerprint nor')),
  );
  expect(await outcome(gateway, stolen)).toBe('RCS_VAULT_UNAVAILABLE');
  await deny();
});

it('a list that is empty, as while it is written, lets nobody in again', async () => {
  const gateway = await testBed.identity('playback-gateway');
  const stolen = await testBed.authority.issue('decrypt-worker');
  await deny(certificateOf(stolen).fingerprint256);
  writeFileSync(listFile, '');
  await waitFor('the vault to refuse the list', () => Promise.resolve(vault.log().includes('denied is empty')));
  expect(await outcome(gateway, stolen)).toBe('RCS_VAULT_UNAVAILABLE');
  await deny();
});

it('grants that are bound to nobody count for the time of an upgrade, where the configuration says so', async () => {
  const tolerant = await testBed.startVault({ acceptUnboundGrants: true });
  const client = new KeyVaultClient([tolerant.address], { current: await testBed.identity('decrypt-worker') });
  clients.push(client);
  const call = recordCall(key);
  const signer = new GrantSigner({ current: await testBed.identity('playback-gateway') }, playbackGrants);
  const request = { grant: signer.sign(call.grant), envelope: call.envelope, requestId: 'unbound-grant', timeoutMs };
  const ask = (keys: SessionKeyClient) => keys.unwrap({ ...request, signal: AbortSignal.timeout(timeoutMs) });
  const { keys } = await ask(new SessionKeyClient(client));
  expect(keys[0].sessionKey.equals(call.sessionKey)).toBe(true);
  await expect(ask(workerOf(await testBed.identity('decrypt-worker')))).rejects.toMatchObject({
    code: 'RCS_GRANT_REFUSED',
  });
});
