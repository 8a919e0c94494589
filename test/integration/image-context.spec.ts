import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../..');
const read = (name: string): string => readFileSync(join(repository, name), 'utf8');

it('gives the build of the image every file that it reads', () => {
  const script = read('deploy/build-tree.sh');
  const [, packed = ''] = /tar -cf - ([^)]*)\)/.exec(script) ?? [];
  const copied = [...script.matchAll(/\$source\/([\w./-]+)"/g)].map(([, name]) => name ?? '');
  const needed = [...packed.split(/[\s\\]+/).filter(Boolean), ...copied, 'deploy/build-tree.sh'];
  expect(needed).toEqual(expect.arrayContaining(['package.json', 'apps', 'libs', 'LICENSE', 'deploy/entrypoint.sh']));
  const [everything, ...rules] = read('.dockerignore').split('\n');
  expect(everything).toBe('*');
  expect(needed.filter(name => !rules.includes(`!${name}`))).toEqual([]);
});
