import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** One registry per process: Node's own metrics, the build, and whatever the service adds. */
export function createMetricsRegistry(service: string, version: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: 'rcs_build_info',
    help: 'Always 1; the labels name the running build.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  build.set({ version, node: process.version }, 1);
  return registry;
}
