import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { dashboardQueries, documentedByService, repository } from '#test/prometheus/monitoring-files.js';
import { PrometheusServer, withoutPatience } from '#test/prometheus/prometheus-server.js';
import { metricsOf } from '#test/cluster/management-page.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(300_000);

/** For a condition that holds within seconds on a machine that has nothing else to do. */
const patienceMs = 120_000;

/** What a machine that is busy with other things, or whose disk they fill in these seconds, may rightly raise. */
const aboutTheMachine = [
  'RcsAuditDiskFills',
  'RcsAuditLags',
  'RcsEventLoopBlocked',
  'RcsFirstByteSlow',
  'RcsTargetDown',
  'RcsTokenSaturated',
  'RcsVaultJournalDiskFills',
  'RcsWorkerRegistryStale',
];

const work = mkdtempSync(join(tmpdir(), 'rcs-prometheus-'));
let cluster: RunningCluster;
let prometheus: PrometheusServer;
let curlClient: CurlClient;
/** Recordings that nobody has played: each needs the token at its first playback. */
const unheard: string[] = [];

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  curlClient = new CurlClient(cluster, work);
  const { management } = cluster.ready;
  const rules = (name: string): string => readFileSync(join(repository, 'deploy/prometheus', name), 'utf8');
  prometheus = await PrometheusServer.start({
    directory: join(work, 'prometheus'),
    jobs: [
      { name: 'playback-gateway', targets: [management.gateway] },
      { name: 'key-vault', targets: [management.vault] },
      { name: 'decrypt-worker', targets: management.workers },
    ],
    rules: [rules('recording-rules.yaml'), withoutPatience(rules('alerts.yaml'))],
  });
  writeFileSync(join(work, 'plain'), randomBytes(50_000));
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', curlClient.certificateFile);
  const envelope = readFileSync(join(work, 'cms'));
  for (let index = 0; index < 4; index++) {
    await curlClient.put(`unheard-${index}.bin`, envelope);
    unheard.push(await curlClient.insertedFile(`unheard-${index}.bin`));
  }
});

afterAll(async () => {
  await prometheus?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Asks again until nothing is missing; fails with what is. */
async function nothingMissing(missing: () => Promise<readonly string[]>): Promise<void> {
  const end = Date.now() + patienceMs;
  let left = await missing();
  while (left.length > 0 && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 250));
    left = await missing();
  }
  expect(left).toEqual([]);
}

const missingAlerts = async (wanted: readonly string[]): Promise<string[]> => {
  const firing = await prometheus.firingAlerts();
  return wanted.filter(name => !firing.includes(name));
};

it('all targets are up', async () => {
  await nothingMissing(async () => {
    const targets = await prometheus.targets();
    return [
      ...(targets.length === 4 ? [] : [`${targets.length} targets`]),
      ...targets.filter(({ health }) => health !== 'up').map(({ scrapeUrl, lastError }) => `${scrapeUrl} ${lastError}`),
    ];
  });
});

it('promtool finds nothing to criticise, and docs/metrics.md lists exactly what is exposed', async () => {
  const { gateway, vault, workers } = cluster.ready.management;
  for (const [service, url] of Object.entries({
    'playback-gateway': gateway,
    'key-vault': vault,
    'decrypt-worker': workers[0]!,
  })) {
    const text = await metricsOf(url);
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
    const exposed = [...text.matchAll(/^# TYPE (rcs_\w+) /gm)].map(([, name]) => name);
    expect(exposed.sort()).toEqual(documentedByService(service).sort());
  }
});

it('every query of every dashboard has data under load', async () => {
  const [played] = cluster.ready.recordings;
  await nothingMissing(async () => {
    expect((await curlClient.play(played!.playPath)).status).toBe(200);
    const empty: string[] = [];
    for (const { panel, query } of dashboardQueries('30s')) {
      const values = (await prometheus.query(query)).map(({ value }) => Number(value[1]));
      if (!values.some(Number.isFinite)) empty.push(`${panel}: ${query}`);
    }
    return empty;
  });
});

it('a sound cluster raises no alert', async () => {
  const firing = await prometheus.firingAlerts();
  expect(firing.filter(name => !aboutTheMachine.includes(name))).toEqual([]);
});

it('alerts fire when the token is taken away, and clear when it is given back', async () => {
  const tokens = join(cluster.ready.dataDir, 'token/tokens');
  renameSync(tokens, `${tokens}.away`);
  let refused = 0;
  await nothingMissing(async () => {
    refused = (await curlClient.play(unheard[refused % unheard.length]!)).status === 503 ? refused + 1 : refused;
    return missingAlerts(['RcsNoToken', 'RcsTokenUnavailable', 'RcsUnwrapErrors', 'RcsPlaybackErrorBudgetBurnsFast']);
  });
  expect(refused).toBeGreaterThan(0);

  renameSync(`${tokens}.away`, tokens);
  await nothingMissing(async () => {
    const firing = await prometheus.firingAlerts();
    return firing.filter(name => name === 'RcsNoToken' || name === 'RcsTokenUnavailable');
  });
  await nothingMissing(async () => {
    const answers = await Promise.all(unheard.map(path => curlClient.play(path)));
    return answers.filter(({ status }) => status !== 200).map(({ status }) => `answered ${status}`);
  });
});
