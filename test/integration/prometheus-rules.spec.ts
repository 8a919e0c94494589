import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { documentedMetrics, metricsIn, recordedMetrics, repository } from '#test/prometheus/monitoring-files.js';

jest.setTimeout(120_000);

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface AlertTest {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

const directory = join(repository, 'deploy/prometheus');
const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
const rulesOf = (name: string): Rule[] =>
  (parse(read(name)) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const promtool = (...args: string[]): string => execFileSync('promtool', args, { cwd: directory, encoding: 'utf8' });

const alerts = rulesOf('alerts.yaml');
const tests = (parse(read('tests/alerts.test.yaml')) as { tests: { alert_rule_test: AlertTest[] }[] }).tests.flatMap(
  ({ alert_rule_test: alertTests }) => alertTests,
);
const runbooks = readFileSync(join(repository, 'docs/runbooks.md'), 'utf8');

it('the groups of all files have names of their own: a PrometheusRule holds them in one list', () => {
  const groups = ['alerts.yaml', 'recording-rules.yaml'].flatMap(name =>
    (parse(read(name)) as { groups: { name: string }[] }).groups.map(group => group.name),
  );
  expect(new Set(groups).size).toBe(groups.length);
});

it('what is aggregated is aggregated for each installation', () => {
  for (const { expr } of [...alerts, ...rulesOf('recording-rules.yaml')])
    for (const [, clause = ''] of expr.matchAll(/\b(?:sum|min|max|count|group|avg)\b\s*([^(]*\([^)]*\))/g))
      expect(`${expr}: ${clause}`).toMatch(/: by \(cluster, namespace\b/);
});

it('promtool accepts the rules', () => {
  expect(promtool('check', 'rules', '--lint-fatal', 'alerts.yaml', 'recording-rules.yaml')).toContain('SUCCESS');
});

it('the unit tests of the alerts pass', () => {
  expect(promtool('test', 'rules', 'tests/alerts.test.yaml')).toContain('SUCCESS');
});

it.each(alerts.map(({ alert }) => alert))('%s is tested to fire, and to be silent', alert => {
  const outcomes = tests
    .filter(({ alertname }) => alertname === alert)
    .map(({ exp_alerts: fired }) => fired.length > 0);
  expect(new Set(outcomes)).toEqual(new Set([true, false]));
});

it.each(alerts.map(rule => [rule.alert ?? '', rule] as const))(
  '%s says how bad it is, what happened and what to do',
  (name, { labels, annotations }) => {
    expect(['critical', 'warning']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/\.$/);
    expect(annotations?.description).toMatch(/\.$/);
    expect(annotations?.runbook).toBe(`docs/runbooks.md#${name.toLowerCase()}`);
    expect(runbooks).toMatch(new RegExp(`^## ${name}\\n\\n\\*[^*]+\\*.{40}`, 'ms'));
  },
);

it('every runbook belongs to an alert', () => {
  const sections = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(alerts.map(({ alert }) => alert));
});

it.each([...alerts, ...rulesOf('recording-rules.yaml')].map(rule => [rule.alert ?? rule.record ?? '', rule.expr]))(
  '%s uses only metrics that there are',
  (_, expression) => {
    const known = new Set([
      ...documentedMetrics(),
      ...recordedMetrics(),
      'nodejs_eventloop_lag_p99_seconds',
      'process_start_time_seconds',
    ]);
    expect(metricsIn(expression)).not.toEqual([]);
    expect(metricsIn(expression).filter(name => !known.has(name))).toEqual([]);
  },
);
