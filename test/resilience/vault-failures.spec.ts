import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import type { GrantSigner, PlaybackGrant } from '#grants';
import { KeyVaultClient, SessionKeyClient } from '#key-vault-client';
import { managementPage } from '#test/cluster/management-page.js';
import { BroughtKey } from '#test/vault/brought-key.js';
import { recordCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { SoftHsm } from '#test/vault/soft-hsm.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { waitFor } from '#test/waiting/wait-for.js';

jest.setTimeout(240_000);

const timeoutMs = 60_000;
const lanes = 6;
let testBed: VaultTestBed;
let otherHsm: SoftHsm;
let first: RunningVault;
let second: RunningVault;
let client: KeyVaultClient;
let load: Load;

/** Playbacks that never stop asking for session keys, until they are told to. */
class Load {
  readonly outcomes = new Map<string, number>();
  private stopped = false;
  private readonly running: Promise<void>[];

  constructor(
    private readonly sessionKeys: SessionKeyClient,
    private readonly signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>,
    private readonly key: KeyEntry,
  ) {
    this.running = Array.from({ length: lanes }, () => this.lane());
  }

  get succeeded(): number {
    return this.outcomes.get('ok') ?? 0;
  }

  /** Until so many more have succeeded. */
  async more(count: number): Promise<void> {
    const aim = this.succeeded + count;
    await waitFor(`${count} more unwrappings`, () => this.succeeded >= aim);
  }

  async stop(): Promise<readonly string[]> {
    this.stopped = true;
    await Promise.all(this.running);
    return [...this.outcomes.keys()];
  }

  private async lane(): Promise<void> {
    while (!this.stopped) {
      const outcome = await this.one();
      this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    }
  }

  private async one(): Promise<string> {
    const { envelope, grant, sessionKey } = recordCall(this.key);
    const { signal } = new AbortController();
    try {
      const request = { grant: this.signer.sign(grant), envelope, requestId: 'load', timeoutMs, signal };
      return (await this.sessionKeys.unwrap(request)).keys[0].sessionKey.equals(sessionKey) ? 'ok' : 'other bytes';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
}

beforeEach(async () => {
  testBed = await VaultTestBed.prepare();
  otherHsm = await SoftHsm.create(join(testBed.directory, 'other-softhsm'), 'recordings');
  first = await testBed.startVault();
  second = await testBed.startVault(
    { token: { uri: otherHsm.uri('recordings'), pin: otherHsm.pin } },
    otherHsm.environment,
  );
  const brought = BroughtKey.make(testBed.directory);
  const key = await brought.importInto(await testBed.administrator(first));
  await brought.importInto(await testBed.administrator(second));
  client = new KeyVaultClient([first.address, second.address], { current: await testBed.identity('decrypt-worker') });
  const signer = await testBed.grantSigner();
  load = new Load(new SessionKeyClient(client), signer, key);
  await load.more(20);
});
afterEach(async () => {
  await load?.stop();
  client?.close();
  await testBed?.clear();
});

const usesOk = (metrics: string): number =>
  Number(/^rcs_vault_key_uses_total\{(?=.*operation="unwrap")(?=.*outcome="ok").*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);

it('no playback fails when one of two vaults is killed, and none when it is back', async () => {
  first.kill();
  await load.more(50);
  expect(first.ended).toBe(true);
  expect(await load.stop()).toEqual(['ok']);
});

it('no playback fails while the token of one vault is away, which says so and takes part again when it is back', async () => {
  testBed.softHsm.takeAway();
  await waitFor('the first vault to be unready', async () => (await first.status('/health/ready')) === 503);
  await load.more(50);
  expect(await first.status('/health/live')).toBe(200);
  const away = await first.metrics();
  expect(away).toMatch(/^rcs_vault_token_available(\{.*\})? 0$/m);
  expect(away).toMatch(/^rcs_vault_token_state\{(?=.*state="lost").*\} 1$/m);

  testBed.softHsm.putBack();
  await waitFor('the first vault to be ready again', async () => (await first.status('/health/ready')) === 200);
  const before = usesOk(await first.metrics());
  // It was left alone for 30 seconds.
  await waitFor('the first vault to take part', async () => usesOk(await first.metrics()) > before);
  expect(await load.stop()).toEqual(['ok']);
});

it('a vault with a wrong PIN stays, unready, and says why; the right one opens the token as before', async () => {
  const uri = testBed.softHsm.uri('recordings');
  const wrong = await testBed.startVault({ token: { uri, pin: '99999999' } });
  const ready = await managementPage(wrong.managementUrl, '/health/ready');
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('CKR_PIN_INCORRECT');
  expect(await wrong.metrics()).toMatch(/^rcs_vault_token_state\{(?=.*state="pin-refused").*\} 1$/m);
  const right = await testBed.startVault();
  expect(await right.status('/health/ready')).toBe(200);
});
