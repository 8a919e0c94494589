import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { stackInSources } from './stack-in-sources.js';

describe(stackInSources.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-stack-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const source = '\n\nexport const fail = (): never => {\n  throw new Error("x");\n};\n';
  const { code, map } = transformSync(source, {
    loader: 'ts',
    minifyWhitespace: true,
    sourcemap: true,
    sourcefile: 'src/fail.ts',
  });
  const bundle = join(directory, 'main.js');
  const column = code.indexOf('new Error') + 1;

  it('names the place in the source', () => {
    writeFileSync(bundle, code);
    writeFileSync(`${bundle}.map`, map);
    const stack = `Error: x\n    at fail (${bundle}:1:${column})\n    at ${bundle}:1:${column}\n    at node:internal/x:1:2`;
    const place = `${join(directory, 'src/fail.ts')}:4:9`;
    expect(stackInSources(stack)).toBe(`Error: x\n    at fail (${place})\n    at ${place}\n    at node:internal/x:1:2`);
  });

  it.each([
    ['there is no map', () => rmSync(`${bundle}.map`)],
    ['the map is none', () => writeFileSync(`${bundle}.map`, 'no JSON')],
  ])('leaves a stack as it is where %s', (_, make) => {
    make();
    const stack = `Error: x\n    at fail (${bundle}:1:${column})`;
    expect(stackInSources(stack)).toBe(stack);
  });
});
