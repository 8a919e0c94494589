import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { processIdOf } from '../support/cluster/process-id.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted } from './bench-media.js';
import { processCpuMs } from './process-cpu.js';
import { interleaved } from './statistics.js';

/** Of what `zip -0` makes of the same bytes on a disk. */
const bar = 0.7;
const mediaBytes = 20_000_000;
const megabyte = 1_000_000;
const longestMs = 600_000;

/** An archive over HTTPS, taken by curl, against `zip -0` of as many and as long files; and what it costs. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '5' },
      recordings: { type: 'string', default: '25' },
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), join(directory, 'data'));
  try {
    report(await measure(cluster.ready, directory, Number(values.recordings), Number(values.pairs)), values.json);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(ready: ReadyLine, directory: string, count: number, pairs: number) {
  const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(mediaBytes - 10)]);
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const files = join(directory, 'files');
  mkdirSync(files);
  for (const id of ids) {
    await insertEncrypted(ready, id, media);
    writeFileSync(join(files, id), media);
  }
  const request = join(directory, 'request.json');
  writeFileSync(request, JSON.stringify({ recordings: ids, reason: 'bench' }));
  const services = ['playback-gateway', 'decrypt-worker-1', 'decrypt-worker-2'];
  const pids = services.map(service => processIdOf(service, ready.dataDir));
  const memory = residentMiB(pids[0] ?? 0);
  const cpu = { services: 0, bytes: 0 };
  let most = memory;
  const ours = async (): Promise<number> => {
    const before = pids.map(processCpuMs);
    const timer = setInterval(() => (most = Math.max(most, residentMiB(pids[0] ?? 0))), 100);
    const { rate, bytes } = await fetched(ready, request);
    clearInterval(timer);
    cpu.services += pids.reduce((sum, pid, index) => sum + processCpuMs(pid) - (before[index] ?? 0), 0);
    cpu.bytes += bytes;
    return rate;
  };
  const yardstick = (): Promise<number> => {
    const started = performance.now();
    execFileSync('sh', ['-c', 'zip -0 -q -r - . > /dev/null'], { cwd: files });
    return Promise.resolve((count * mediaBytes) / megabyte / ((performance.now() - started) / 1000));
  };
  const result = await interleaved(pairs, ours, yardstick);
  return { ...result, cpuSecondsPerGB: cpu.services / 1000 / (cpu.bytes / 1e9), growthMiB: most - memory };
}

/** MB/s of one archive, to its end. */
async function fetched(
  { gateway, caFile, users }: ReadyLine,
  request: string,
): Promise<{ rate: number; bytes: number }> {
  const [user] = users;
  const as = ['--cacert', caFile, '--user', `${user?.name ?? ''}:${user?.password ?? ''}`];
  const body = ['--header', 'Content-Type: application/json', '--data-binary', `@${request}`];
  const args = ['--silent', '--show-error', '--fail', '--max-time', '600', '--output', '/dev/null'];
  const said = ['--write-out', '%{size_download} %{time_total}'];
  const url = `${gateway}/rcs/archives`;
  const { stdout } = await promisify(execFile)('curl', [...args, ...said, ...as, ...body, url], { timeout: longestMs });
  const [bytes = 0, seconds = 0] = stdout.split(' ').map(Number);
  return { rate: bytes / megabyte / seconds, bytes };
}

const residentMiB = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;

function report(result: Awaited<ReturnType<typeof measure>>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ bench: 'archive', rows: [{ name: 'MB/s', bar, ...result }] })}\n`);
    return;
  }
  const { ours, yardstick, ratio, ratios, cpuSecondsPerGB, growthMiB } = result;
  process.stdout.write(
    `an archive over HTTPS ${ours.toFixed(0)} MB/s, zip -0 ${yardstick.toFixed(0)} MB/s, ratio ${ratio.toFixed(2)} ` +
      `(bar ${bar.toFixed(2)}; pairs ${ratios.map(one => one.toFixed(2)).join(' ')}); gateway and workers ` +
      `${cpuSecondsPerGB.toFixed(1)} CPU s/GB, the gateway grows by ${growthMiB.toFixed(0)} MiB\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`bench archive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
