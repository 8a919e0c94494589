/**
 * Alerts and dashboards have one home, deploy/; the chart needs copies, because Helm reads nothing outside a chart.
 * `node scripts/chart-files.mjs` copies, `--check` only says what differs and fails then.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const chart = join(repository, 'helm/recording-crypto-server/files');
const copies = [
  { from: 'deploy/prometheus', to: 'prometheus', ending: '.yaml' },
  { from: 'deploy/grafana', to: 'grafana', ending: '.json' },
];

const namesIn = (directory, ending) =>
  existsSync(directory) ? readdirSync(directory).filter(name => name.endsWith(ending)) : [];

const differing = [];
for (const { from, to, ending } of copies) {
  const [source, target] = [join(repository, from), join(chart, to)];
  const names = new Set([...namesIn(source, ending), ...namesIn(target, ending)]);
  for (const name of names) {
    const read = directory => {
      const file = join(directory, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    };
    if (read(source) === read(target)) continue;
    differing.push(`${from}/${name}`);
    if (process.argv.includes('--check')) continue;
    mkdirSync(target, { recursive: true });
    if (read(source) === undefined) rmSync(join(target, name));
    else cpSync(join(source, name), join(target, name));
  }
}
if (process.argv.includes('--check') && differing.length > 0) {
  process.stderr.write(`Not the same in the chart: ${differing.join(', ')}. Run: node scripts/chart-files.mjs\n`);
  process.exit(1);
}
