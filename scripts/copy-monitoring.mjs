/** Copies rules and dashboards into the Helm chart: a chart can only hold files of its own. */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

for (const directory of ['prometheus', 'grafana']) {
  const source = join(repository, 'deploy', directory);
  const target = join(repository, 'helm/recording-crypto-server/files', directory);
  for (const file of readdirSync(source).filter(name => /\.(yaml|json)$/.test(name)))
    copyFileSync(join(source, file), join(target, file));
}
