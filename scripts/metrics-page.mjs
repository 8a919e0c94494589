/**
 * Writes docs/metrics.md from the metrics of the built services; with --check it only prints the page.
 * A script of its own, because no app may import another.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const built = createRequire(join(repository, 'dist/'));
const platform = built('./libs/platform/src/index.js');
const { GatewayMetrics } = built('./apps/playback-gateway/src/metrics/gateway-metrics.js');
const { StoreMetrics } = built('./apps/playback-gateway/src/metrics/store-metrics.js');
const { CertificateMetrics } = built('./apps/playback-gateway/src/metrics/certificate-metrics.js');
const { ArchiveJobGauge } = built('./apps/playback-gateway/src/metrics/archive-job-gauge.js');
const { CustodyGauges } = built('./apps/playback-gateway/src/metrics/custody-gauges.js');
const { HandOverMetrics } = built('./apps/playback-gateway/src/hand-over/hand-over-metrics.js');
const { IdentitySourceMetrics } = built('./apps/playback-gateway/src/metrics/identity-source-metrics.js');
const { observeAuditDisk } = built('./apps/playback-gateway/src/metrics/audit-disk-metrics.js');
const { AuditSinkMetrics } = built('./apps/playback-gateway/src/audit/checkpoints/audit-sink-metrics.js');
const { ExportMetrics } = built('./apps/playback-gateway/src/audit/export/export-metrics.js');
const { WorkerMetrics } = built('./apps/decrypt-worker/src/metrics/worker-metrics.js');
const { VaultMetrics } = built('./apps/key-vault/src/metrics/vault-metrics.js');
const { observeKeyBackups } = built('./apps/key-vault/src/keys/key-backup-metrics.js');
const { observeJournal } = built('./apps/key-vault/src/journal/journal-metrics.js');

function service(name, register) {
  const registry = platform.createMetricsRegistry(name, platform.productVersion());
  new platform.CertificateExpiry(registry);
  new platform.ListenerMetrics(registry);
  new platform.ReloadMetrics(registry);
  platform.observeReadiness(registry, new platform.Readiness());
  new platform.DeniedPeers({ current: {} }, console, registry);
  register(registry);
  return { service: name, registry };
}

const withRedis = registry => new platform.RedisMetrics(registry).observe({ status: 'end' });
const none = () => 0;

const page = await platform.metricsPage([
  service('playback-gateway', registry => {
    new GatewayMetrics(registry);
    new CertificateMetrics(registry);
    new ArchiveJobGauge(registry);
    new CustodyGauges(registry);
    new HandOverMetrics(registry);
    new IdentitySourceMetrics(registry);
    new StoreMetrics(registry);
    new AuditSinkMetrics(registry);
    new ExportMetrics(registry);
    observeAuditDisk(registry, '/');
    withRedis(registry);
  }),
  service('decrypt-worker', registry => {
    new WorkerMetrics(registry).observeOpenSessions(none);
    withRedis(registry);
  }),
  service('key-vault', registry => {
    const metrics = new VaultMetrics(registry);
    observeJournal({ state: { bytes: 0, records: 0, failures: 0 } }, '', registry);
    observeKeyBackups({ times: async () => ({}) }, registry);
    metrics.observeMembers(() => []);
    metrics.observeToken({
      sessions: none,
      sessionsInUse: none,
      queued: none,
      keys: none,
      state: () => 'open',
    });
  }),
]);
if (process.argv.includes('--check')) process.stdout.write(page);
else writeFileSync(join(repository, 'docs/metrics.md'), page);
