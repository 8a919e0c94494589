import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocatorSettings } from './allocator-settings.js';

const startScript = join(__dirname, '../../../../deploy/entrypoint.sh');

it('is what the image starts its services with, unless somebody says otherwise', () => {
  const exported = [...readFileSync(startScript, 'utf8').matchAll(/^export (\w+)="\$\{\1:-([^}]+)\}"$/gm)];
  expect(Object.fromEntries(exported.map(([, name, value]) => [name, value]))).toEqual(allocatorSettings);
});
