import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repository = join(__dirname, '../..');

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
