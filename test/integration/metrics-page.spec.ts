import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

jest.setTimeout(60_000);

const repository = join(__dirname, '../..');

it('docs/metrics.md lists the metrics as the services register them; run `npm run docs` when this fails', () => {
  const page = execFileSync(process.execPath, [join(repository, 'scripts/metrics-page.mjs'), '--check'], {
    encoding: 'utf8',
  });
  expect(readFileSync(join(repository, 'docs/metrics.md'), 'utf8')).toBe(page);
});
