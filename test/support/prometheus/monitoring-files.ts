import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(__dirname, '../../..');

/** The series of docs/metrics.md; a histogram has three. */
export function documentedMetrics(): string[] {
  const page = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  return [...page.matchAll(/^\| `(rcs_\w+)` \| (\w+) \|/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map(suffix => `${name}${suffix}`) : [name],
  );
}

/** What the recording rules add. */
export function recordedMetrics(): string[] {
  const rules = readFileSync(join(repository, 'deploy/prometheus/recording-rules.yaml'), 'utf8');
  return [...rules.matchAll(/^ +- record: (\S+)$/gm)].map(([, name = '']) => name);
}

/** The names of our metrics, and of Node's, in an expression. */
export function metricsIn(expression: string): string[] {
  return expression.match(/\b(rcs[_:]|nodejs_|process_)[a-z0-9_:]+/g) ?? [];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat?: string;
    readonly datasource?: { readonly uid: string };
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

const dashboardDirectory = join(repository, 'deploy/grafana');

export function dashboards(): { readonly file: string; readonly dashboard: Dashboard }[] {
  return readdirSync(dashboardDirectory)
    .filter(file => file.endsWith('.json'))
    .map(file => ({
      file,
      dashboard: JSON.parse(readFileSync(join(dashboardDirectory, file), 'utf8')) as Dashboard,
    }));
}

/** All queries of all dashboards; Grafana's own variables replaced as Grafana does it. */
export function dashboardQueries(rateInterval: string): { readonly panel: string; readonly query: string }[] {
  return dashboards().flatMap(({ dashboard }) =>
    dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({
        panel: `${dashboard.title} / ${title}`,
        query: expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$namespace', '.*'),
      })),
    ),
  );
}

/** The metrics that docs/metrics.md lists for one kind of process. */
export function documentedByService(service: string): string[] {
  const page = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  const section = page.split(/^## /m).find(text => text.startsWith(`${service}\n`)) ?? '';
  return [...section.matchAll(/^\| `(rcs_\w+)` \|/gm)].map(([, name = '']) => name);
}
