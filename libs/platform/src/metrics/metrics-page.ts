import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/** The metrics of one kind of process, for the documentation. */
export interface DocumentedService {
  readonly service: string;
  readonly registry: Registry;
}

interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** The page docs/metrics.md, from the metrics as they are registered. */
export async function metricsPage(services: readonly DocumentedService[]): Promise<string> {
  const sections = await Promise.all(services.map(section));
  return [
    '# Metrics',
    '',
    'Every process answers `GET /metrics` on its management port in the text format of Prometheus. Durations are in seconds, sizes in',
    'bytes, counters end in `_total`. All metrics carry the label `component`, the kind of process. The label `outcome` is `ok`, `aborted`',
    '(the player left) or an error code of [errors.md](errors.md); no label ever holds a user, a recording or an address.',
    'Node’s own metrics are there, too: memory and CPU (`process_*`), event-loop delay (`nodejs_eventloop_lag_*_seconds`, in which are',
    'the 0.1 seconds from one look to the next) and garbage collection (`nodejs_gc_duration_seconds`).',
    '',
    'Rules and alerts made of them: `deploy/prometheus`; dashboards: `deploy/grafana`; what to do when an alert fires:',
    '[runbooks.md](runbooks.md).',
    '',
    'This page is made by `npm run docs` from the metrics that the code registers.',
    '',
    ...sections.flat(),
  ].join('\n');
}

async function section({ service, registry }: DocumentedService): Promise<string[]> {
  const metrics = registry.getMetricsAsArray() as unknown as readonly { name: string }[];
  const documented = await Promise.all(
    metrics.filter(({ name }) => name.startsWith('rcs_')).map(({ name }) => documentedMetric(registry, name)),
  );
  const rows = documented
    .sort((left, right) => left.name.localeCompare(right.name))
    .map(({ name, type, labels, help }) => {
      const labelText = labels.map(label => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${type} | ${labelText} | ${help} |`;
    });
  return [`## ${service}`, '', '| metric | type | labels | what |', '| --- | --- | --- | --- |', ...rows, ''];
}

async function documentedMetric(registry: Registry, name: string): Promise<DocumentedMetric> {
  const metric = registry.getSingleMetric(name) as unknown as {
    readonly labelNames: readonly string[];
    get(): Promise<MetricObjectWithValues<MetricValue<string>>>;
  };
  const { help, type } = await metric.get();
  return { name, help, type: String(type), labels: metric.labelNames };
}
