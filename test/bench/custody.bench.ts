import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted } from './bench-media.js';

/** Recordings a second, on two cores, gateway, workers, vault, token and storage included. */
const bar = 50;
const mediaBytes = 200_000;
const longestMs = 600_000;

/** What `rcsctl custody report` opens in a second, each recording anew. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      recordings: { type: 'string', default: '500' },
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), join(directory, 'data'));
  try {
    const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(mediaBytes - 10)]);
    for (let index = 0; index < Number(values.recordings); index++)
      await insertEncrypted(cluster.ready, `bench-${index}`, media);
    const rates: number[] = [];
    for (let run = 0; run < Number(values.runs); run++) rates.push(await rate(cluster.ready, directory));
    report(rates, values.json);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function rate({ gateway, caFile, users }: ReadyLine, directory: string): Promise<number> {
  const administrator = users.find(({ roles }) => roles.includes('admin'));
  if (administrator === undefined) throw new Error('nobody administers');
  const password = join(directory, 'password');
  writeFileSync(password, administrator.password, { mode: 0o600 });
  const access = ['--gateway', gateway, '--ca', caFile, '--user', administrator.name, '--password-file', password];
  const asked = ['custody', 'report', '--max-age', '0', '--per-second', '100000', '--json', ...access];
  const args = [join(process.cwd(), 'dist/apps/rcsctl/main.js'), ...asked];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: longestMs, maxBuffer: 2 ** 26 });
  const { proved } = JSON.parse(stdout) as { proved: { recordingsPerSecond: number; failed: number } };
  if (proved.failed > 0) throw new Error(`${proved.failed} did not open`);
  return proved.recordingsPerSecond;
}

function report(rates: readonly number[], json: boolean): void {
  const best = Math.max(...rates);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ bench: 'custody', rows: [{ name: 'recordings/s', bar, best, rates }] })}\n`,
    );
  else
    process.stdout.write(
      `a custody report opens ${best.toFixed(0)} recordings/s (bar ${bar}; runs ${rates.map(one => one.toFixed(0)).join(' ')})\n`,
    );
}

main().catch((error: unknown) => {
  process.stderr.write(`bench custody: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
