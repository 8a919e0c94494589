/**
 * All checks in one command: `npm test`. With arguments only the named kind of test and files: `npm test -- unit libs/cms`.
 * `npm test -- packaging` is apart: it compiles Helm and everything native once more, for minutes.
 * The last line is always `N passed, N failed`.
 */
import './supported-node.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, repository } from './prepare.mjs';
import { runBeside } from './run-child.mjs';

const kinds = ['unit', 'integration', 'conformance', 'e2e', 'resilience', 'properties', 'packaging'];
const checks = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['eslint', '--cache', '--cache-location', '.cache/eslint', '.']],
  ['dependency rules', ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test']],
  ['types', ['tsc', '--noEmit', '-p', 'tsconfig.json']],
];

/** Unit tests use every core; the others start whole clusters and wait for them, so three kinds run beside each other. */
const lanes = [[['unit']], [['e2e'], ['resilience', 'integration', 'conformance'], ['properties']], [['packaging']]];

/** No file of tests takes that long, however slow the machine: what says nothing for so long hangs, and has failed. */
const silenceTimeoutMs = 15 * 60_000;
/** Of a test that sets none of its own. It is there for what hangs: how fast something is, is no matter of these tests. */
const testTimeoutMs = 60_000;

const total = { passed: 0, failed: 0 };
const [first, ...rest] = process.argv.slice(2);
const chosenKinds = first !== undefined && kinds.includes(first) ? [first] : kinds.filter(kind => kind !== 'packaging');
const patterns = first !== undefined && !kinds.includes(first) ? [first, ...rest] : rest;

prepare('test');
if (first === undefined) await Promise.all(checks.map(([name, command]) => check(name, command)));
for (const beside of lanes) await Promise.all(beside.map(oneAfterTheOther));

process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

async function check(name, [program, ...args]) {
  process.stdout.write(`${name}\n`);
  const status = await runBeside(join(repository, 'node_modules/.bin', program), args, {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  count(status === 0 ? 1 : 0, status === 0 ? 0 : 1);
}

async function oneAfterTheOther(lane) {
  for (const kind of lane) if (chosenKinds.includes(kind)) await test(kind);
}

async function test(kind) {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-test-'));
  const report = join(directory, 'report.json');
  const workers = kind === 'unit' ? ['--maxWorkers', '100%'] : ['--runInBand'];
  const jest = join(repository, 'node_modules/jest/bin/jest.js');
  const paths = patterns.flatMap(pattern => ['--testPathPatterns', pattern]);
  const output = ['--json', '--outputFile', report, '--passWithNoTests', '--testTimeout', String(testTimeoutMs)];
  const args = [jest, '--selectProjects', kind, ...output, ...workers, ...paths];
  process.stdout.write(`${kind} tests\n`);
  const status = await runBeside(process.execPath, args, {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}) },
    silenceTimeoutMs,
  });
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    count(numPassedTests, status !== 0 && failed === 0 ? 1 : failed);
  } catch (error) {
    process.stderr.write(`${kind} tests left no report: ${error.message}\n`);
    count(0, 1);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function count(passed, failed) {
  total.passed += passed;
  total.failed += failed;
}
