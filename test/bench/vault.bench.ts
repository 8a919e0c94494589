import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { KeyEntry } from '#contracts';
import { interleaved, median } from './statistics.js';
import { BareToken } from './vault/bare-token.js';
import { BusyVault } from './vault/busy-vault.js';

/** What is asked for, as a share of bare C_DecryptAsync. */
const bars = { 2048: 0.7, 4096: 0.9 } as const;
type Size = keyof typeof bars;
/** A token that computes on these processors: as many threads, and enough sessions to keep them busy. */
const threads = Math.max(2, availableParallelism());
const sessions = 32 * threads;
/** With which the architecture measured bare C_Decrypt, on the threads that Node has by default. */
const yardstickSessions = 4;
const unwraps = { 2048: 3000, 4096: 700 } as const;
/** Making keys takes longer than measuring: a few hundred are an option. */
const fewKeys = 30;
const warmUps = 2;

/** Against the yardstick, and against bare calls in as many sessions as the vault has. */
async function measure(
  vault: BusyVault,
  bare: BareToken,
  { key, modulusBits }: { key: KeyEntry; modulusBits: Size },
  pairs: number,
): Promise<object> {
  const count = unwraps[modulusBits];
  const against = (bareSessions: number) =>
    interleaved(
      pairs,
      () => vault.unwrapsPerSecond(key, count),
      () => bare.decryptionsPerSecond(key, count, bareSessions),
    );
  const { yardstick, ratio } = await against(sessions);
  const result = await against(yardstickSessions);
  return {
    name: `RSA-${modulusBits}`,
    unit: 'unwraps/s',
    bar: bars[modulusBits],
    ...result,
    withAsManySessions: { yardstick, ratio },
    p99MsAtHalfLoad: await vault.latencyAt(key, result.ours / 2, Math.ceil(count / 2)),
  };
}

/** Unwraps a second of vaults whose tokens hold so many keys, in turn: the machine's speed drifts. */
async function measureKeyCounts(pairs: number, most: number): Promise<Record<number, number>> {
  const vaults: { count: number; vault: BusyVault; key: KeyEntry; runs: number[] }[] = [];
  try {
    for (const count of [1, most]) {
      const vault = await BusyVault.start(threads, sessions);
      const key = await vault.makeKey('rsa-2048', 2048);
      vaults.push({ count, vault, key, runs: [] });
      for (let more = 1; more < count; more++) await vault.makeKey(`other-${more}`, 2048);
    }
    for (let run = 0; run < warmUps + pairs; run++) {
      // Forwards and backwards, so that none profits from its place.
      for (const { vault, key, runs } of run % 2 === 0 ? vaults : vaults.toReversed()) {
        const perSecond = await vault.unwrapsPerSecond(key, unwraps[2048]);
        if (run >= warmUps) runs.push(perSecond);
      }
    }
    return Object.fromEntries(vaults.map(({ count, runs }) => [count, median(runs)]));
  } finally {
    await Promise.all(vaults.map(({ vault }) => vault.end()));
  }
}

async function measureSizes(pairs: number): Promise<object> {
  const vault = await BusyVault.start(threads, sessions);
  try {
    const [small, large] = [await vault.makeKey('rsa-2048', 2048), await vault.makeKey('rsa-4096', 4096)];
    const bare = BareToken.open(vault.testBed);
    for (let run = 0; run < warmUps; run++) await vault.unwrapsPerSecond(small, unwraps[2048]);
    const rows = [
      await measure(vault, bare, { key: small, modulusBits: 2048 }, pairs),
      await measure(vault, bare, { key: large, modulusBits: 4096 }, pairs),
    ];
    return { rows, eventLoopDelayP99Ms: await vault.eventLoopDelay() };
  } finally {
    await vault.end();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '3' },
      keys: { type: 'string', default: String(fewKeys) },
    },
  });
  const pairs = Number(values.pairs);
  const result = {
    bench: 'vault',
    ...(await measureSizes(pairs)),
    unwrapsPerSecondByKeys: await measureKeyCounts(pairs, Number(values.keys)),
  };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench vault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
