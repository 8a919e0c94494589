import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BlockDecryptionClient, KeyVaultClient } from '#key-vault-client';
import { loadInternalIdentity } from '#platform';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { GenesysCloud, type HawkCredential } from '../support/local-key-manager/genesys-cloud.js';
import { curl } from '../e2e/external-tools.js';
import { interleaved, median } from './statistics.js';

/** Of the vault's own rate, for RSA-3072. */
const bar = 0.6;
const concurrency = 16;
const requestsPerRun = 800;
const unthrottled = '100000';
const timeoutMs = 30_000;
const base = '/key-management/v1';

interface KeyPair {
  readonly id: string;
  readonly publicKey: string;
}

/** Decryptions over HTTPS with Hawk against the same decryptions asked of the vault itself, over gRPC with mutual TLS. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '5' } },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), directory, {
    RCS_LOGGING__LEVEL: 'warn',
    RCS_LOCAL_KEY_MANAGER__DECRYPTS_PER_SECOND: unthrottled,
  });
  try {
    report(await measure(cluster.ready, Math.max(5, Number(values.pairs))), values.json);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(ready: ReadyLine, pairs: number) {
  const genesys = new GenesysCloud(ready.gateway, readFileSync(ready.caFile, 'utf8'), await credential(ready));
  const vaults = new KeyVaultClient([vaultAddress(ready)], { current: identity(ready) });
  try {
    const keyPair = (await genesys.call('POST', `${base}/keypair`)).json() as KeyPair;
    const blocks = Array.from({ length: 32 }, () => encrypted(keyPair));
    const { keys } = await vaults.anyVault(timeoutMs, (vault, leftMs) =>
      vault.call('ListKeys', { contactCenter: ready.contactCenter }, { timeoutMs: leftMs }),
    );
    const keyIdentifier = keys.find(({ alias }) => alias === keyPair.id)?.keyIdentifier ?? '';
    const latencies: number[] = [];
    const block = (index: number): Buffer => blocks[index % blocks.length] ?? Buffer.alloc(0);
    const ours = () =>
      rate(async index => {
        const body = { keypairId: keyPair.id, body: block(index).toString('base64') };
        const started = performance.now();
        const { status, text } = await genesys.call('POST', `${base}/decrypt`, { body });
        latencies.push(performance.now() - started);
        if (status !== 200) throw new Error(`status ${status}: ${text}`);
      });
    const client = new BlockDecryptionClient(vaults);
    const yardstick = () =>
      rate(async index => {
        const key = { contactCenter: ready.contactCenter, keyIdentifier };
        const request = { ...key, padding: 'OAEP_SHA1', block: block(index), messageLength: 0 } as const;
        const { signal } = new AbortController();
        (await client.decrypt({ ...request, requestId: 'bench', timeoutMs, signal })).fill(0);
      });
    const result = await interleaved(pairs, ours, yardstick);
    return { ...result, p50Ms: median(latencies), p99Ms: percentile(latencies, 0.99) };
  } finally {
    vaults.close();
    await genesys.close();
  }
}

/** Decryptions per second, a fixed number of them at once. */
async function rate(decrypt: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const started = performance.now();
  const one = async (): Promise<void> => {
    while (next < requestsPerRun) await decrypt(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return (requestsPerRun / (performance.now() - started)) * 1000;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function credential({ gateway, caFile, operations }: ReadyLine): Promise<HawkCredential> {
  const answer = await curl(
    ...[
      '--cacert',
      caFile,
      '--user',
      `${operations.name}:${operations.password}`,
      '-H',
      'Content-Type: application/json',
    ],
    ...['-d', JSON.stringify({ id: 'bench-credential' }), `${gateway}${base}/auth`],
  );
  if (answer.status !== 200) throw new Error(`registration answered ${answer.status}`);
  return JSON.parse(answer.body.toString()) as HawkCredential;
}

function encrypted({ publicKey }: KeyPair): Buffer {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'pkcs1' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, randomBytes(32));
}

function identity({ dataDir }: ReadyLine) {
  const file = (name: string): string => join(dataDir, 'internal-tls', name);
  return loadInternalIdentity({
    caFile: file('ca.pem'),
    certificateFile: file('local-key-manager.pem'),
    keyFile: file('local-key-manager.key'),
  });
}

function vaultAddress({ dataDir }: ReadyLine): string {
  const configuration = readFileSync(join(dataDir, 'application.yaml'), 'utf8');
  const address = /localKeyManager:[\s\S]*?vaultAddresses:\s*-\s*(\S+)/.exec(configuration)?.[1];
  if (address === undefined) throw new Error('the configuration names no key vault');
  return address;
}

function report(result: Awaited<ReturnType<typeof measure>>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ bench: 'lkm', rows: [{ name: 'RSA-3072', bar, ...result }] })}\n`);
    return;
  }
  process.stdout.write(
    `RSA-3072, ${concurrency} at once: ${result.ours.toFixed(0)} decryptions/s over HTTPS with Hawk, the vault itself ` +
      `${result.yardstick.toFixed(0)}/s, ratio ${result.ratio.toFixed(2)} (bar ${bar.toFixed(2)}; pairs ` +
      `${result.ratios.map(ratio => ratio.toFixed(2)).join(' ')}); p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`bench lkm: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
