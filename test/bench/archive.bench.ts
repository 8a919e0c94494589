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
import { keepProfiles, ServiceProfiles } from './profile/service-profiles.js';
import { interleaved, median } from './statistics.js';

/** Of what `zip -0` makes of the same bytes on a disk: of its MB/s, and of what its processor time gets done. */
const bar = 0.7;
const mediaBytes = 20_000_000;
const megabyte = 1_000_000;
const longestMs = 600_000;

/**
 * An archive over HTTPS, taken by curl, against `zip -0` of as many and as long files; and what both cost. `--keep DIRECTORY`
 * profiles gateway and workers while archives are made, and keeps that; the figures are then not worth much.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '5' },
      recordings: { type: 'string', default: '25' },
      keep: { type: 'string' },
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const services = values.keep === undefined ? undefined : new ServiceProfiles(join(directory, 'profiles'));
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), services?.environment ?? {});
  try {
    const measured = await measure(cluster.ready, directory, Number(values.recordings), Number(values.pairs), services);
    if (services !== undefined && values.keep !== undefined) keepProfiles(await services.end(), values.keep);
    report(measured, values.json);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  ready: ReadyLine,
  directory: string,
  count: number,
  pairs: number,
  services: ServiceProfiles | undefined,
) {
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
  const names = ['playback-gateway', 'decrypt-worker-1', 'decrypt-worker-2'];
  const pids = names.map(name => processIdOf(name, ready.dataDir));
  const memory = residentMiB(pids[0] ?? 0);
  const bytes = count * mediaBytes;
  const cost = { ours: [] as number[], yardstick: [] as number[] };
  let most = memory;
  const ours = async (): Promise<number> => {
    const before = pids.map(processCpuMs);
    const timer = setInterval(() => (most = Math.max(most, residentMiB(pids[0] ?? 0))), 100);
    const { rate, bytes: received } = await fetched(ready, request);
    clearInterval(timer);
    const used = pids.reduce((sum, pid, index) => sum + processCpuMs(pid) - (before[index] ?? 0), 0);
    cost.ours.push(used / 1000 / (received / 1e9));
    return rate;
  };
  const yardstick = (): Promise<number> => {
    const started = performance.now();
    const said = execFileSync('bash', ['-c', 'zip -0 -q -r - . > /dev/null; times'], { cwd: files, encoding: 'utf8' });
    const seconds = (performance.now() - started) / 1000;
    cost.yardstick.push(secondsOfChildren(said) / (bytes / 1e9));
    return Promise.resolve(bytes / megabyte / seconds);
  };
  services?.begin();
  const result = await interleaved(pairs, ours, yardstick);
  // The first of each is the pair that is not counted.
  const [cpuSecondsPerGB, zipCpuSecondsPerGB] = [cost.ours, cost.yardstick].map(each => median(each.slice(1)));
  return { ...result, cpuSecondsPerGB, zipCpuSecondsPerGB, growthMiB: most - memory };
}

/** What `times` of bash says of them, user and system: its second line, such as `0m1.250s 0m0.310s`. */
const secondsOfChildren = (said: string): number =>
  [...(said.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );

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
  const { ours, yardstick, ratio, ratios, cpuSecondsPerGB = NaN, zipCpuSecondsPerGB = NaN, growthMiB } = result;
  process.stdout.write(
    `an archive over HTTPS ${ours.toFixed(0)} MB/s, zip -0 ${yardstick.toFixed(0)} MB/s, ratio ${ratio.toFixed(2)} ` +
      `(bar ${bar.toFixed(2)}; pairs ${ratios.map(one => one.toFixed(2)).join(' ')}); gateway and workers ` +
      `${cpuSecondsPerGB.toFixed(1)} CPU s/GB, zip ${zipCpuSecondsPerGB.toFixed(1)}, ` +
      `the gateway grows by ${growthMiB.toFixed(0)} MiB\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`bench archive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
