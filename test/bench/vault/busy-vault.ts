import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KeyEntry } from '#contracts';
import type { GrantSigner, PlaybackGrant } from '#grants';
import { KeyVaultClient, SessionKeyClient, type KeyVaultEndpoint } from '#key-vault-client';
import { recordCall, type RecordedCall } from '../../support/vault/recorded-call.js';
import type { RunningVault } from '../../support/vault/running-vault.js';
import { VaultTestBed } from '../../support/vault/vault-test-bed.js';
import { perSecond } from './per-second.js';

/** As many as a rush brings. */
const concurrency = 1024;
const timeoutMs = 120_000;
/** The metric is the time from one look to the next: that of an idle loop is this. */
const lagSamplingMs = 100;

interface GrantedCall {
  readonly call: RecordedCall;
  readonly grant: string;
}

/** A real vault with a token of its own, and a worker that asks much of it. */
export class BusyVault {
  private constructor(
    readonly testBed: VaultTestBed,
    private readonly vault: RunningVault,
    private readonly gateway: KeyVaultEndpoint,
    private readonly client: KeyVaultClient,
    private readonly signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>,
    private readonly sessionKeys = new SessionKeyClient(client),
  ) {}

  static async start(threads: number, sessions: number): Promise<BusyVault> {
    const testBed = await VaultTestBed.prepare();
    try {
      const limits = { unwrapsPerSecond: 1_000_000, queuedPerCaller: 100_000 };
      const vault = await testBed.startVault({ token: { ...testBed.token, sessions }, threads, limits });
      const client = new KeyVaultClient([vault.address], { current: await testBed.identity('decrypt-worker') });
      const gateway = await testBed.administrator(vault);
      const signer = await testBed.grantSigner();
      return new BusyVault(testBed, vault, gateway, client, signer);
    } catch (error) {
      await testBed.clear();
      throw error;
    }
  }

  async makeKey(alias: string, modulusBits: 2048 | 4096): Promise<KeyEntry> {
    const request = { contactCenter: 'bench', alias, modulusBits };
    return (await this.gateway.call('GenerateKeyPair', request, { timeoutMs })).key;
  }

  /** Through gRPC and mutual TLS, each with a grant of its own. */
  async unwrapsPerSecond(key: KeyEntry, count: number): Promise<number> {
    const work = this.prepare(key, count);
    const callers = Array.from({ length: concurrency }, () => new AbortController());
    collectGarbage();
    return perSecond(count, concurrency, (index, lane) => this.unwrap(work[index], callers[lane]));
  }

  /** 99th percentile of the latency, milliseconds, when so many come a second. */
  async latencyAt(key: KeyEntry, rate: number, count: number): Promise<number> {
    const work = this.prepare(key, count);
    const begun = performance.now();
    const latencies = await Promise.all(
      work.map(async (one, index) => {
        const due = begun + (index / rate) * 1000;
        await new Promise(resolve => setTimeout(resolve, due - performance.now()));
        await this.unwrap(one);
        return performance.now() - due;
      }),
    );
    return latencies.sort((a, b) => a - b)[Math.floor(count * 0.99)] ?? NaN;
  }

  /** 99th percentile of the delay of the vault's event loop, milliseconds. */
  async eventLoopDelay(): Promise<number> {
    const seconds = /^nodejs_eventloop_lag_p99_seconds\S* (\S+)$/m.exec(await this.vault.metrics())?.[1];
    return Number(seconds) * 1000 - lagSamplingMs;
  }

  async end(): Promise<void> {
    this.client.close();
    await this.testBed.clear();
  }

  private prepare(key: KeyEntry, count: number): GrantedCall[] {
    const calls = Array.from({ length: count }, () => recordCall(key));
    return calls.map(call => ({ call, grant: this.signer.sign(call.grant) }));
  }

  private async unwrap(work: GrantedCall | undefined, { signal } = new AbortController()): Promise<void> {
    if (work === undefined) throw new Error('there is no such work');
    const { call, grant } = work;
    const request = { grant, envelope: call.envelope, requestId: 'bench', timeoutMs, signal };
    const {
      keys: [{ sessionKey }],
    } = await this.sessionKeys.unwrap(request);
    if (!sessionKey.equals(call.sessionKey)) throw new Error('the vault opened something else');
  }
}

/** What was prepared leaves garbage that the measured would else pay for. */
const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
