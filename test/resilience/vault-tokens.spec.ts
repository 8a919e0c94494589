import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import type { GrantSigner, PlaybackGrant } from '#grants';
import { TransportAgreements, type KeyVaultEndpoint } from '#key-vault-client';
import { recordCall } from '#test/vault/recorded-call.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { observedModule } from '#test/vault/observed-module.js';
import { waitFor } from '#test/waiting/wait-for.js';

jest.setTimeout(180_000);

const timeoutMs = 60_000;
let testBed: VaultTestBed;
let signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>;

beforeEach(async () => {
  testBed = await VaultTestBed.prepare('old', 'new');
  signer = await testBed.grantSigner();
});
afterEach(() => testBed.clear());

const makeKey = async (gateway: KeyVaultEndpoint, alias: string): Promise<KeyEntry> =>
  (await gateway.call('GenerateKeyPair', { contactCenter: '9350', alias, modulusBits: 2048 }, { timeoutMs })).key;

/** Whether a recording of the key opens: `ok`, or the code of the error. */
async function opens(worker: KeyVaultEndpoint, key: KeyEntry, within = timeoutMs): Promise<string> {
  const call = recordCall(key);
  const transport = await new TransportAgreements().with(worker, within);
  const request = { grant: signer.sign(call.grant), envelope: call.envelope, transportKeyId: transport.id };
  try {
    const { jwe } = await worker.call('UnwrapSessionKey', request, { timeoutMs: within });
    return transport.key.unwrap(jwe).equals(call.sessionKey) ? 'ok' : 'other bytes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const softHsmToken = (label: string, more: object = {}) => {
  const pinFile = join(testBed.directory, 'pin');
  writeFileSync(pinFile, `${testBed.softHsm.pin}\n`);
  return { uri: `${testBed.softHsm.uri(label)}&pin-source=file:${pinFile}`, sessions: 2, ...more };
};

it('finds a key in whichever token it is, and makes new ones in the new token', async () => {
  const alone = await testBed.startVault({ token: softHsmToken('old') });
  const oldKey = await makeKey(await testBed.administrator(alone), 'before');
  await alone.stop();
  const both = await testBed.startVault({ tokens: [softHsmToken('old', { newKeys: false }), softHsmToken('new')] });
  const gateway = await testBed.administrator(both);
  const worker = await testBed.connect(both, 'decrypt-worker');
  const newKey = await makeKey(gateway, 'after');
  expect([await opens(worker, oldKey), await opens(worker, newKey)]).toEqual(['ok', 'ok']);
  const { keys } = await gateway.call('ListKeys', { contactCenter: '9350' }, { timeoutMs });
  expect(keys.map(({ alias }) => alias).sort()).toEqual(['after', 'before']);
  const { tokens, keyCount } = await worker.call('Status', {}, { timeoutMs });
  expect(tokens.map(({ name, state, keyCount: count }) => [name, state, count])).toEqual([
    ['old', 'open', 1],
    ['new', 'open', 1],
  ]);
  expect(tokens[0]!.mechanisms).toContain('CKM_RSA_X_509');
  expect(keyCount).toBe(2);
});

it('goes on with one token while the other cannot be opened, and says which', async () => {
  const vault = await testBed.startVault({
    tokens: [softHsmToken('gone'), softHsmToken('new'), { ...softHsmToken('old'), pin: '00000000' }],
  });
  const worker = await testBed.connect(vault, 'decrypt-worker');
  const key = await makeKey(await testBed.administrator(vault), 'one');
  expect(await opens(worker, key)).toBe('ok');
  expect(await vault.status('/health/ready')).toBe(200);
  const { tokens } = await worker.call('Status', {}, { timeoutMs });
  expect(tokens.map(({ name, state }) => `${name} ${state}`)).toEqual(['gone lost', 'new open', 'old pin-refused']);
  const metrics = await vault.metrics();
  expect(metrics).toMatch(/^rcs_vault_token_member_available\{(?=.*token="gone").*\} 0$/m);
  expect(metrics).toMatch(/^rcs_vault_token_member_available\{(?=.*token="new").*\} 1$/m);
});

it('does not start without any token, and says why', async () => {
  const started = testBed.startVault({ tokens: [softHsmToken('gone'), softHsmToken('away')] });
  await expect(started).rejects.toThrow(/none of the 2 tokens can be opened.*no slot holds the token "gone"/s);
});

it('tries a refused PIN once, though it looks for other tokens again and again', async () => {
  const calls = join(testBed.directory, 'calls');
  const callsOf = (name: string) =>
    readFileSync(calls, 'utf8')
      .split('\n')
      .filter(line => line === name).length;
  const module = observedModule(testBed.directory);
  const token = (label: string, pin: string) => ({
    uri: `pkcs11:token=${label}?module-path=${module}`,
    pin,
    sessions: 2,
  });
  const { pin, modulePath } = testBed.softHsm;
  const vault = await testBed.startVault(
    { tokens: [token('old', '00000000'), token('new', pin), token('gone', pin)] },
    { REAL_MODULE: modulePath, OBSERVED_CALLS: calls },
  );
  const searches = callsOf('C_GetSlotList');
  const worker = await testBed.connect(vault, 'decrypt-worker');
  const key = await makeKey(await testBed.administrator(vault), 'one');
  await waitFor('the third search for the token that is away', async () => {
    expect(await opens(worker, key)).toBe('ok');
    return callsOf('C_GetSlotList') >= searches + 3;
  });
  expect(callsOf('C_Login')).toBe(2);
});

it('kills the process in which a call stands, and goes on with another; liveness is untouched meanwhile, readiness is gone', async () => {
  const hang = join(testBed.directory, 'hang');
  const vault = await testBed.startVault(
    {
      token: {
        uri: `pkcs11:token=new?module-path=${observedModule(testBed.directory)}`,
        pin: testBed.softHsm.pin,
        sessions: 2,
        operationTimeoutMs: 1000,
      },
    },
    { REAL_MODULE: testBed.softHsm.modulePath, HANG_WHILE_EXISTS: hang },
  );
  const worker = await testBed.connect(vault, 'decrypt-worker');
  const key = await makeKey(await testBed.administrator(vault), 'one');
  expect(await opens(worker, key)).toBe('ok');
  const [before] = vault.children();

  writeFileSync(hang, '');
  expect(await opens(worker, key)).toBe('RCS_TOKEN_UNAVAILABLE');
  expect(await vault.status('/health/live')).toBe(200);
  await waitFor('its last line', () => vault.log().includes('ended; another one is started'));
  rmSync(hang);
  await waitFor('the vault to be ready again', async () => (await vault.status('/health/ready')) === 200);
  expect(await opens(worker, key)).toBe('ok');
  expect(vault.children()).not.toEqual([before]);
  expect(await vault.metrics()).toMatch(/^rcs_vault_module_process_ends_total\{(?=.*end="stood").*\} [1-9]/m);
});
