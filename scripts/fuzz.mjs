/**
 * Fuzzes the CMS readers and the HTTP listener of a real cluster, one after the other or the one that is named:
 *
 *   npm run fuzz -- [cms | http] [--seconds 60] [--seed N] [--save]
 *
 * `--save` keeps what reaches new code of the readers in their corpus.
 */
import './supported-node.mjs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, repository } from './prepare.mjs';
import { runToEnd } from './run-child.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, save: { type: 'boolean' } },
});
const kinds = { cms, http };
const chosen = positionals.length === 0 ? Object.keys(kinds) : positionals;
if (!chosen.every(kind => Object.hasOwn(kinds, kind))) {
  process.stderr.write('Which fuzzer? npm run fuzz -- [cms | http] [--seconds N] [--seed N] [--save]\n');
  process.exit(1);
}
for (const kind of chosen) {
  const { status } = kinds[kind]();
  if (status !== 0) process.exit(status ?? 1);
}

function cms() {
  const compile = run(join(repository, 'node_modules/.bin/tsc'), ['-p', 'libs/cms/tsconfig.fuzz.json']);
  if (compile.status !== 0) return compile;
  const place = directory => join(repository, directory);
  const options = Object.entries(values).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
  return run(process.execPath, [
    place('.cache/fuzz/libs/cms/src/testing/fuzz/fuzz.js'),
    ...['--corpus', place('libs/cms/src/testing/fuzz/corpus'), '--failures', place('.cache/fuzz/failures')],
    ...options,
  ]);
}

function http() {
  prepare('test');
  const jest = join(repository, 'node_modules/jest/bin/jest.js');
  const file = 'test/e2e/http-fuzz.spec.ts';
  const seed = values.seed === undefined ? {} : { HTTP_FUZZ_SEED: values.seed };
  return run(process.execPath, [jest, '--selectProjects', 'e2e', '--runInBand', '--runTestsByPath', file], {
    ...process.env,
    ...seed,
    HTTP_FUZZ_SECONDS: values.seconds ?? '1800',
  });
}

function run(program, args, env = process.env) {
  return runToEnd(program, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'], env });
}
