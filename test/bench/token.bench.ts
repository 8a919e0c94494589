import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TokenKey } from '#pkcs11';
import { SoftHsmToken } from '../../libs/pkcs11/src/testing/softhsm-token.js';
import { KryopticToken } from '../support/tokens/kryoptic-token.js';
import { median } from './statistics.js';
import { BareDecryptions, type Speed, type TokenPlace } from './token/bare-decryptions.js';
import { BusyToken } from './token/busy-token.js';

/*
 * Unwraps a second of a token in the process of its module, in turn with a bare C program on the same module and key, and with
 * that program in two processes: what the module costs, and what a process of its own costs at least. `threads` is keyVault.threads:
 * as many as processors, as tokens want it that compute on this machine.
 *
 *   npm run bench -- token [--sessions 8] [--threads 2] [--pairs 7] [--json]   a token of SoftHSM, made and removed
 *   npm run bench -- token --module kryoptic                         one of Kryoptic, built with cargo at the first time
 *   npm run bench -- token --module FILE --token LABEL --pin-file FILE   one of yours, which keeps the keys that are made
 */

/** Of what a bare C program does in as many threads on the same module. */
const bar = 0.9;
const modulusSizes = [2048, 3072] as const;
const counts = { 2048: 4000, 3072: 1600 } as const;
/** Unwraps that are not counted: programs in JavaScript are compiled while they run. */
const warmUp = 10_000;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pairs: { type: 'string', default: '7' },
    sessions: { type: 'string', default: '8' },
    threads: { type: 'string', default: String(Math.max(2, availableParallelism())) },
    module: { type: 'string' },
    token: { type: 'string' },
    'pin-file': { type: 'string' },
  },
});
const [pairs, sessions, threads] = [Number(values.pairs), Number(values.sessions), Number(values.threads)];

interface Yardsticks {
  readonly bare: BareDecryptions;
  readonly apart: BareDecryptions;
}

type Pair = Readonly<Record<'ours' | 'bare' | 'apart', Speed>>;

type Place = TokenPlace & { readonly remove: () => void | Promise<void> };

async function place(): Promise<Place> {
  const { module: modulePath, token: label, 'pin-file': pinFile } = values;
  if (modulePath === undefined) return softHsm();
  if (modulePath === 'kryoptic') return kryoptic();
  if (label === undefined || pinFile === undefined) throw new Error('--module FILE wants --token and --pin-file, too');
  const pin = readFileSync(pinFile, 'utf8').trim();
  return { modulePath, label, pin, environment: process.env, remove: () => undefined };
}

function softHsm(): Place {
  const token = new SoftHsmToken();
  const { modulePath, label, pin, environment } = token;
  return { modulePath, label, pin, environment: { ...process.env, ...environment }, remove: () => token.remove() };
}

async function kryoptic(): Promise<Place> {
  const token = await KryopticToken.make('with raw RSA');
  const { modulePath, label, pin, environment } = token;
  return { modulePath, label, pin, environment: { ...process.env, ...environment }, remove: () => token.remove() };
}

/** The host as it is built; what is compiled for benches looks for it beside its own libraries. */
function useBuiltHost(): void {
  const expected = join(__dirname, '../../libs/pkcs11/token-host.js');
  rmSync(expected, { force: true });
  symlinkSync(join(process.cwd(), 'dist/libs/pkcs11/token-host.js'), expected);
}

/** In turn, the order changing from pair to pair, after runs that are not counted. */
async function compare(
  ours: BusyToken,
  { bare, apart }: Yardsticks,
  key: TokenKey,
  modulusBits: 2048 | 3072,
): Promise<object> {
  const count = counts[modulusBits];
  const sides = {
    ours: () => ours.run(key, count),
    bare: () => bare.run(key.id, count, sessions),
    apart: () => apart.run(key.id, count, sessions),
  };
  await sides.bare();
  await sides.apart();
  await ours.run(key, warmUp);
  const found: Pair[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const first = pair % 2 === 0 ? await sides.ours() : undefined;
    const yardsticks = { bare: await sides.bare(), apart: await sides.apart() };
    found.push({ ours: first ?? (await sides.ours()), ...yardsticks });
  }
  const middle = (of: (one: Pair) => number): number => Number(median(found.map(of)).toFixed(3));
  return {
    name: `RSA-${modulusBits}`,
    bar,
    ratio: middle(one => one.ours.perSecond / one.bare.perSecond),
    ratios: found.map(one => Number((one.ours.perSecond / one.bare.perSecond).toFixed(3))),
    cpuRatio: middle(one => one.bare.cpuMicroseconds / one.ours.cpuMicroseconds),
    apartRatio: middle(one => one.apart.perSecond / one.bare.perSecond),
    apartCpuRatio: middle(one => one.bare.cpuMicroseconds / one.apart.cpuMicroseconds),
    unwrapsPerSecond: middle(one => one.ours.perSecond),
    bareUnwrapsPerSecond: middle(one => one.bare.perSecond),
    apartUnwrapsPerSecond: middle(one => one.apart.perSecond),
    cpuMicroseconds: middle(one => one.ours.cpuMicroseconds),
    bareCpuMicroseconds: middle(one => one.bare.cpuMicroseconds),
    apartCpuMicroseconds: middle(one => one.apart.cpuMicroseconds),
  };
}

async function main(): Promise<void> {
  useBuiltHost();
  const token = await place();
  const ours = await BusyToken.open(token, sessions, threads);
  try {
    const keys = new Map<2048 | 3072, TokenKey>();
    for (const bits of modulusSizes) keys.set(bits, await ours.key(`bench/rsa-${bits}`, bits));
    const yardsticks = { bare: new BareDecryptions(token, 'one'), apart: new BareDecryptions(token, 'apart') };
    const rows: object[] = [];
    for (const [bits, key] of keys) rows.push(await compare(ours, yardsticks, key, bits));
    yardsticks.bare.end();
    yardsticks.apart.end();
    const result = { bench: 'token', sessions, threads, rows };
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await ours.end();
    await token.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench token: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
