import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  dashboardQueries,
  dashboards,
  documentedMetrics,
  metricsIn,
  recordedMetrics,
  repository,
  type Panel,
} from '#test/prometheus/monitoring-files.js';

jest.setTimeout(60_000);

const all = dashboards();
const panels = all.flatMap(({ file, dashboard }) =>
  dashboard.panels.filter(({ type }) => type !== 'row').map(panel => [`${file}: ${panel.title}`, panel] as const),
);

it('there are an overview, a view of the vault and one for operators', () => {
  expect(all.map(({ dashboard }) => dashboard.uid).sort()).toEqual(['rcs-operator', 'rcs-overview', 'rcs-vault']);
});

it.each(all.map(({ file, dashboard }) => [file, dashboard] as const))(
  '%s has a title, a description, its tag and variables for the data source and the namespace',
  (_, dashboard) => {
    expect(dashboard.title).toMatch(/^Recording Crypto Server \/ \w/);
    expect(dashboard.description).toMatch(/\.$/);
    expect(dashboard.tags).toContain('recording-crypto-server');
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource' }),
    );
    // Where Prometheus knows no namespaces, all is one installation: `.*` matches a label that is not there.
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'namespace', type: 'query', includeAll: true, allValue: '.*' }),
    );
  },
);

it.each(all.map(({ file, dashboard }) => [file, dashboard] as const))(
  'the panels of %s have ids of their own and lie beside each other, inside the grid',
  (_, dashboard) => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = dashboard.panels.flatMap(cells);
    expect(new Set(taken).size).toBe(taken.length);
    expect(dashboard.panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  },
);

it.each(panels)('%s says what it shows, in which unit, from the chosen data source', (_, panel) => {
  expect(panel.title).not.toBe('');
  expect(panel.description).toMatch(/\.$/);
  expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
  expect(panel.datasource?.uid).toBe('${datasource}');
  expect(panel.targets).not.toHaveLength(0);
  const refIds = panel.targets?.map(({ refId }) => refId) ?? [];
  expect(new Set(refIds).size).toBe(refIds.length);
  for (const target of panel.targets ?? []) {
    expect(target.legendFormat).toMatch(/\S/);
    expect(target.datasource?.uid).toBe('${datasource}');
  }
});

it('Prometheus can parse every query', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-dashboards-'));
  const rules = dashboardQueries('5m').map(({ query }, index) => ({ record: `query_${index}`, expr: query }));
  writeFileSync(join(directory, 'queries.yaml'), stringify({ groups: [{ name: 'queries', rules }] }));
  const checked = execFileSync('promtool', ['check', 'rules', join(directory, 'queries.yaml')], { encoding: 'utf8' });
  expect(checked).toContain(`SUCCESS: ${rules.length} rules found`);
  rmSync(directory, { recursive: true });
});

it('every query asks for the chosen installations only', () => {
  for (const { query } of dashboardQueries('5m'))
    for (const [selector] of query.matchAll(/\b(?:rcs[_:]|nodejs_|process_)[a-z0-9_:]+(?:\{|.|$)/g))
      expect({ query, selector }).toMatchObject({ selector: expect.stringMatching(/\{$/) as string });
  const selectors = dashboardQueries('5m').flatMap(({ query }) => query.match(/\{[^}]*\}/g) ?? []);
  expect(selectors.filter(selector => !selector.startsWith('{namespace=~".*"'))).toEqual([]);
});

it('no query asks for a metric that does not exist', () => {
  const known = new Set([...documentedMetrics(), ...recordedMetrics()]);
  const unknown = dashboardQueries('5m')
    .flatMap(({ query }) => metricsIn(query))
    .filter(name => !known.has(name) && !/^(nodejs|process)_/.test(name));
  expect(unknown).toEqual([]);
});

function cells({ gridPos: { x, y, w, h } }: Panel): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`);
}

it.each(['prometheus', 'grafana'])('the Helm chart has the same %s files; run `npm run docs` when this fails', name => {
  const contents = (directory: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(join(repository, directory, name))
        .filter(file => /\.(yaml|json)$/.test(file))
        .map(file => [file, readFileSync(join(repository, directory, name, file), 'utf8')]),
    );
  expect(contents('helm/recording-crypto-server/files')).toEqual(contents('deploy'));
});
