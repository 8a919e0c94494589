import { productVersion, type ServiceContext } from '#platform';
import type { Store } from '#store';
import type { GatewayConfiguration } from '../../dependencies/gateway-dependencies.js';
import { ExportMetrics } from './export-metrics.js';
import { RecordExport } from './record-export.js';

/**
 * Sends the audit to the collector of the configuration, where it names one.
 * @throws ConfigurationError when the collector's options, or the file of the position, cannot be used.
 */
export async function startExport(
  { instance, metrics, logger }: ServiceContext,
  { audit: { otlp } }: GatewayConfiguration,
  store: Store,
): Promise<{ stop(): Promise<void> }> {
  // There without a collector, too: a metric that is absent says nothing, one that stays 0 says that nothing is sent.
  const exportMetrics = new ExportMetrics(metrics);
  if (otlp === undefined) return { stop: () => Promise.resolve() };
  const { OtlpRecordSender } = await import('./otlp-record-sender.js');
  const sender = new OtlpRecordSender(otlp, { instance, version: productVersion() });
  const position = await store.exportPosition(instance);
  const parts = { audit: store.audit, position, sender, metrics: exportMetrics, logger };
  const records = new RecordExport(parts, otlp.intervalMs);
  records.start();
  return records;
}
