import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import * as pkcs11 from 'pkcs11js';
import { GrantSigner, KeyVaultClient, SessionKeyClient, type KeyEntry, type KeyVaultEndpoint } from '#contracts';
import { recordCall, type RecordedCall } from '../vault/recorded-call.js';
import { VaultGrounds } from '../vault/vault-grounds.js';
import { interleaved, median } from './statistics.js';

/** What the architecture asks for, as a share of bare C_Decrypt on all cores. */
const bars = { 2048: 0.7, 4096: 0.9 } as const;
/** A token that computes on these processors: as many threads, and enough sessions to keep them busy. Both sides alike. */
const threads = Math.max(2, availableParallelism());
const sessions = 32 * threads;
/** As many as a rush brings. */
const concurrency = 256;
const timeoutMs = 120_000;
/** The metric is the time from one look to the next: that of an idle loop is this. */
const lagSamplingMs = 10;
type Size = keyof typeof bars;

const unwraps: Readonly<Record<Size, number>> = { 2048: 3000, 4096: 600 };

/** Everything that one run needs, made before its clock starts. */
class Bench {
  constructor(
    private readonly grounds: VaultGrounds,
    private readonly gateway: KeyVaultEndpoint,
    private readonly sessionKeys: SessionKeyClient,
    private readonly signer: GrantSigner,
    private readonly library: pkcs11.PKCS11,
  ) {}

  async makeKey(alias: string, modulusBits: Size): Promise<KeyEntry> {
    const request = { contactCenter: 'bench', alias, modulusBits };
    return (await this.gateway.call('GenerateKeyPair', request, { timeoutMs })).key;
  }

  /** Unwraps a second through gRPC and mutual TLS, each with a grant of its own. */
  async throughVault(key: KeyEntry, count: number): Promise<number> {
    const work = await this.prepare(key, count);
    return perSecond(count, concurrency, async index => {
      await this.unwrap(work[index]);
    });
  }

  /** Decryptions a second with nothing around them. */
  async bare(key: KeyEntry, count: number): Promise<number> {
    const { library, grounds } = this;
    const slot = library
      .C_GetSlotList(true)
      .find(candidate => library.C_GetTokenInfo(candidate).label.trim() === 'recordings');
    if (slot === undefined) throw new Error('the token is gone');
    const opened = Array.from({ length: sessions }, () => library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION));
    const [first] = opened;
    if (first === undefined) throw new Error('no session');
    library.C_Login(first, pkcs11.CKU_USER, grounds.softHsm.pin);
    const template = [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_ID, value: Buffer.from(key.keyIdentifier, 'hex') },
    ];
    library.C_FindObjectsInit(first, template);
    const [handle] = library.C_FindObjects(first, 1);
    library.C_FindObjectsFinal(first);
    if (handle === undefined) throw new Error('the key is gone');
    const { encryptedKey } = recordCall(key);
    try {
      return await perSecond(count, sessions, async (_, lane) => {
        const session = opened[lane] ?? first;
        library.C_DecryptInit(session, { mechanism: pkcs11.CKM_RSA_X_509 }, handle);
        await library.C_DecryptAsync(session, encryptedKey, Buffer.alloc(encryptedKey.length));
      });
    } finally {
      library.C_CloseAllSessions(slot);
    }
  }

  /** 99th percentile of the latency, milliseconds, when so many come a second. */
  async latencyAt(key: KeyEntry, rate: number, count: number): Promise<number> {
    const work = await this.prepare(key, count);
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

  private async prepare(key: KeyEntry, count: number): Promise<{ call: RecordedCall; grant: string }[]> {
    const calls = Array.from({ length: count }, () => recordCall(key));
    return Promise.all(calls.map(async call => ({ call, grant: await this.signer.sign(call.grant) })));
  }

  private async unwrap(work: { call: RecordedCall; grant: string } | undefined): Promise<void> {
    if (work === undefined) throw new Error('there is no such work');
    const { call, grant } = work;
    const { signal } = new AbortController();
    const request = { grant, envelope: call.envelope, requestId: 'bench', timeoutMs, signal };
    const { sessionKey } = await this.sessionKeys.unwrap(request);
    if (!sessionKey.equals(call.sessionKey)) throw new Error('the vault opened something else');
  }
}

async function perSecond(
  count: number,
  lanes: number,
  work: (index: number, lane: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const begun = performance.now();
  const run = async (lane: number): Promise<void> => {
    while (next < count) await work(next++, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return (count / (performance.now() - begun)) * 1000;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '5' } },
  });
  const pairs = Number(values.pairs);
  const grounds = await VaultGrounds.prepare();
  Object.assign(process.env, grounds.softHsm.environment, { UV_THREADPOOL_SIZE: String(threads) });
  const library = new pkcs11.PKCS11();
  let client: KeyVaultClient | undefined;
  try {
    const limits = { unwrapsPerSecond: 1_000_000, queuedPerCaller: 100_000 };
    const token = { ...grounds.token, sessions };
    const vault = await grounds.startVault({ token, threads, limits });
    client = new KeyVaultClient([vault.address], await grounds.identity('decrypt-worker'));
    const gateway = await grounds.connect(vault, 'playback-gateway');
    const signer = await GrantSigner.create(await grounds.identity('playback-gateway'));
    const bench = new Bench(grounds, gateway, new SessionKeyClient(client), signer, library);
    library.load(grounds.softHsm.modulePath);
    const small = await bench.makeKey('rsa-2048', 2048);
    const keyCounts: Record<number, number> = {};
    const measureKeys = async (keys: number): Promise<void> => {
      const runs: number[] = [];
      for (let run = 0; run < pairs; run++) runs.push(await bench.throughVault(small, unwraps[2048]));
      keyCounts[keys] = median(runs);
    };
    for (let warmUp = 0; warmUp < 3; warmUp++) await bench.throughVault(small, unwraps[2048]);
    await measureKeys(1);
    const large = await bench.makeKey('rsa-4096', 4096);
    // SoftHSM looks for keys of others when it begins.
    library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });

    const rows = [];
    for (const [size, key] of [[2048, small] as const, [4096, large] as const]) {
      const count = unwraps[size];
      const ours = () => bench.throughVault(key, count);
      const result = await interleaved(pairs, ours, () => bench.bare(key, count));
      const p99Ms = await bench.latencyAt(key, result.ours / 2, Math.ceil(count / 2));
      rows.push({ name: `RSA-${size}`, unit: 'unwraps/s', bar: bars[size], ...result, p99MsAtHalfLoad: p99Ms });
    }
    const interval = /^nodejs_eventloop_lag_p99_seconds\S* (\S+)$/m.exec(await vault.metrics())?.[1];
    for (let keys = 3; keys <= 300; keys++) {
      await bench.makeKey(`filler-${keys}`, 2048);
      if (keys === 10 || keys === 300) await measureKeys(keys);
    }
    report(
      {
        bench: 'vault',
        rows,
        eventLoopDelayP99Ms: Number(interval) * 1000 - lagSamplingMs,
        unwrapsPerSecondByKeys: keyCounts,
      },
      values.json,
    );
  } finally {
    client?.close();
    await grounds.clear();
  }
}

function report(result: object, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench vault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
