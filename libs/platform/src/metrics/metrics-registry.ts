import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Gauges of prom-client that carry the suffix of a counter; their `_resources`, `_handles` and `_requests` say the same. */
const misnamed = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** Between two looks at the event loop: each wakes a process that has nothing to do. What is measured has it in it. */
const eventLoopLookMs = 100;

/** What stands on a page of metrics. */
export type MetricsPage = Pick<Registry, 'contentType' | 'metrics'>;

/**
 * The metrics of one part of the product. The label is `component`, because Kubernetes gives every target a label `service`
 * of its own.
 */
export function componentRegistry(component: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ component });
  return registry;
}

/** The page of several parts that run in one process; no name stands in two of them. */
export const onePage = (...parts: readonly [MetricsPage, ...MetricsPage[]]): MetricsPage => ({
  contentType: parts[0].contentType,
  metrics: async () => (await Promise.all(parts.map(part => part.metrics()))).join('\n'),
});

/** One registry per process: Node's own metrics, the build, and whatever the service adds. */
export function createMetricsRegistry(service: string, version: string): Registry {
  const registry = componentRegistry(service);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopLookMs });
  misnamed.forEach(name => registry.removeSingleMetric(name));
  const build = new Gauge({
    name: 'rcs_build_info',
    help: 'Always 1; the labels name the running build.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  build.set({ version, node: process.version }, 1);
  return registry;
}

/** A gauge that is read when Prometheus asks. */
export function observeGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
