/**
 * Puts each fault back that the properties are there for, one at a time in a copy of the sources, and runs the test that
 * has to notice: `npm run mutants [-- NAME...]`, or `-- --check` to see only whether every fault still finds its place.
 */
import './supported-node.mjs';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { repository } from './prepare.mjs';
import { runToEnd } from './run-child.mjs';

const mutants = JSON.parse(readFileSync(join(repository, 'test/properties/mutants/mutants.json'), 'utf8'));
const copy = join(repository, '.cache/mutants/tree');
const notCopied = new Set(['node_modules', 'dist', '.git', '.cache', '.rcs']);

const names = process.argv.slice(2).filter(argument => argument !== '--check');
const unknown = names.filter(name => !mutants.some(mutant => mutant.name === name));
if (unknown.length > 0) fail(`There is no mutant ${unknown.join(', ')}: ${mutants.map(({ name }) => name).join(', ')}`);
const chosen = mutants.filter(({ name }) => names.length === 0 || names.includes(name));

const places = chosen.flatMap(mutant => mutant.edits.map(edit => [mutant.name, misplaced(edit)]));
for (const [name, problem] of places) if (problem !== undefined) process.stderr.write(`${name}: ${problem}\n`);
if (places.some(([, problem]) => problem !== undefined)) process.exit(1);
if (process.argv.includes('--check')) process.exit(0);

copySources();
const results = chosen.map(mutant => [mutant, attempt(mutant)]);
for (const [{ name, killedBy, fault }, result] of results) {
  process.stdout.write(`${result.padEnd(9)} ${name.padEnd(36)} ${killedBy.padEnd(32)} ${fault}\n`);
}
process.exit(results.every(([, result]) => result === 'killed') ? 0 : 1);

/** Why an edit cannot be made: what it looks for must be there exactly once. */
function misplaced({ file, find }) {
  const path = join(repository, file);
  if (!existsSync(path)) return `${file} is gone: put the fault back where the code is now`;
  const count = readFileSync(path, 'utf8').split(find).length - 1;
  return count === 1 ? undefined : `${file} has ${count} times ${JSON.stringify(find)}: say anew where the fault goes`;
}

function copySources() {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  const filter = source => !notCopied.has(relative(repository, source).split(sep)[0]);
  for (const entry of ['apps', 'libs', 'scripts', 'test']) {
    cpSync(join(repository, entry), join(copy, entry), { recursive: true, filter });
  }
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'jest.config.cjs',
    '.swcrc',
  ];
  for (const file of files) cpSync(join(repository, file), join(copy, file));
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
}

function attempt({ name, edits, killedBy, runs }) {
  process.stderr.write(`\n${name}\n`);
  const before = edits.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]);
  try {
    for (const { file, find, replace } of edits) {
      const text = readFileSync(join(copy, file), 'utf8');
      writeFileSync(
        join(copy, file),
        text.replace(find, () => replace),
      );
    }
    const build = run(['npm', 'run', '--silent', 'build']);
    if (build.status !== 0) return 'no build';
    const [project, file] = killedBy.split('/');
    const jest = [
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      project,
      '--runInBand',
      '--testPathPatterns',
      file,
    ];
    // Other kinds hand their environment to services, which refuse a variable that is no option of theirs.
    const environment = project === 'properties' ? { RCS_PROPERTY_RUNS: runs } : {};
    const test = run([process.execPath, ...jest, '--testTimeout', '60000'], environment);
    process.stderr.write(`${test.stderr.split('\n').slice(0, 30).join('\n')}\n`);
    // A test that cannot even begin has noticed nothing.
    if (test.stderr.includes('the cluster ended before it was ready')) return 'broken';
    if (!/^Tests: .*\d+ failed/m.test(test.stderr)) return test.status === 0 ? 'survived' : 'broken';
    return 'killed';
  } finally {
    for (const [file, text] of before) writeFileSync(join(copy, file), text);
  }
}

function run([program, ...args], environment = {}) {
  const env = { ...process.env, ...environment };
  return runToEnd(program, args, { cwd: copy, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
