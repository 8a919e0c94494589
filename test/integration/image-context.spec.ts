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

describe('the Dockerfile', () => {
  const stages = read('deploy/Dockerfile').split(/^FROM /m);
  const stage = (name: string): string => {
    const found = stages.find(text => text.split('\n')[0]?.endsWith(` AS ${name}`));
    if (found === undefined) throw new Error(`no stage ${name}`);
    return found;
  };

  it('copies the list of packages, fetches them, and only then copies sources', () => {
    const steps = ['COPY package.json package-lock.json .npmrc', 'RUN npm ci', 'COPY . .', 'RUN deploy/build-tree.sh'];
    const places = steps.map(step => stage('build').indexOf(step));
    expect(places.every(place => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('adds Node and the tree to Debian, with labels, and starts as nobody who is known', () => {
    const runtime = stage('runtime');
    expect(runtime).toMatch(/^\$\{RUNTIME_IMAGE\}/);
    expect([...runtime.matchAll(/^COPY --from=build (\S+)/gm)].map(([, path]) => path)).toEqual([
      '/usr/local/bin/node',
      '/opt/recording-crypto-server',
    ]);
    expect(runtime).toContain('org.opencontainers.image.licenses="Apache-2.0"');
    expect(runtime).toContain('USER 65532:65532');
    expect(runtime).not.toMatch(/^RUN /m);
  });

  it('ends with the stage that is the image', () => expect(stages.at(-1)?.trim()).toBe('runtime'));
});
