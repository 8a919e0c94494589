/**
 * All tests in one command. test/plan.json says what there is, which tier it belongs to, what it needs and how long it may take:
 *
 *   npm test                        every kind, with small counts
 *   npm test -- all                 and packaging, with larger counts: what continuous integration runs
 *   npm test -- long                and what takes hours: before a release
 *   npm test -- unit libs/cms       one kind, one place; `long properties` is one kind of another tier
 *   npm test -- --record-durations  and writes into test/durations.json how long files took
 *
 * The last line is always `N passed, N failed`.
 */
import './supported-node.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askForAdvisories } from './advisories.mjs';
import { isInstalled, prepare, repository } from './prepare.mjs';
import { runBeside } from './run-child.mjs';
import { TestOutcome } from './test-outcome.mjs';
import {
  filesOf,
  hasLanes,
  jobsOf,
  longestFirst,
  pathInRepository,
  plan,
  readArguments,
  recordDurations,
} from './test-plan.mjs';

/** Of a test that sets none of its own. It is there for what hangs: how fast something is, is no matter of these tests. */
const testTimeoutMs = 60_000;
const inBand = ['--runInBand'];

const { tier, kinds, patterns, record } = readArguments(process.argv.slice(2));
const { endAfterMinutes, silenceMinutes } = plan.tiers[tier];
const outcome = new TestOutcome(tier !== 'plain');
const durations = {};
if (endAfterMinutes !== undefined) setTimeout(endEarly, endAfterMinutes * 60_000).unref();

prepare(tier === 'long' ? 'long test' : 'test');
const runnable = kinds.filter(hasWhatItNeeds);
const of = condition => runnable.filter(kind => condition(plan.kinds[kind]));
await Promise.all([...of(({ check }) => check !== undefined).map(check), ...(kinds.length > 1 ? [advisories()] : [])]);
for (const kind of of(({ alone }) => alone === true))
  await jest(kind, filesOf(kind, patterns), plan.kinds[kind].everyCore === true ? ['--maxWorkers', '100%'] : inBand);
await fillLanes(runnable.filter(hasLanes));
for (const kind of of(({ script }) => script !== undefined)) await script(kind);
if (patterns.length === 0) runnable.forEach(kind => outcome.checkFloor(kind));
if (record) recordDurations(durations);
finish();

function finish() {
  process.stdout.write(`${outcome.lines().join('\n')}\n`);
  process.exit(outcome.failed > 0 || outcome.passed === 0 ? 1 : 0);
}

/** Whatever runs ends with this process. */
function endEarly() {
  outcome.failed++;
  outcome.remark(`ended after ${endAfterMinutes} minutes, before everything had run`);
  finish();
}

function hasWhatItNeeds(kind) {
  const missing = (plan.kinds[kind].programs ?? []).filter(program => !isInstalled(program));
  if (missing.length > 0) outcome.skip(kind, `${missing.join(', ')} missing`);
  return missing.length === 0;
}

/** Where nobody answers, the release has to ask elsewhere; the tests say so and go on. */
async function advisories() {
  const { vulnerable, reason } = await askForAdvisories(repository);
  if (vulnerable === undefined) return outcome.remark(`advisories unchecked: ${reason}`);
  if (vulnerable > 0) process.stderr.write(`${vulnerable} packages have advisories: npm audit --omit=dev\n`);
  outcome.passed += vulnerable > 0 ? 0 : 1;
  outcome.failed += vulnerable > 0 ? 1 : 0;
}

function check(kind) {
  const [program, ...args] = plan.kinds[kind].check;
  return runProgram(kind, join(repository, 'node_modules/.bin', program), args);
}

function script(kind) {
  const [file, ...args] = plan.kinds[kind].script;
  return runProgram(kind, process.execPath, [join(repository, file), ...args]);
}

/** One program that passes or fails as a whole. */
async function runProgram(kind, program, args) {
  process.stdout.write(`${kind}\n`);
  const started = Date.now();
  const status = await runBeside(program, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  const passed = status === 0 ? 1 : 0;
  outcome.add(kind, { passed, failed: 1 - passed, seconds: (Date.now() - started) / 1000 });
}

/** Each lane takes the longest job that is left, so that all of them end at about the same time. */
async function fillLanes(chosen) {
  const jobs = longestFirst(chosen.flatMap(kind => jobsOf(kind, filesOf(kind, patterns))));
  const lane = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await jest(job.kind, job.files, inBand);
  };
  await Promise.all(Array.from({ length: plan.lanes }, lane));
}

async function jest(kind, files, workers) {
  if (files.length === 0) return;
  const directory = mkdtempSync(join(tmpdir(), 'rcs-test-'));
  const report = join(directory, 'report.json');
  const program = join(repository, 'node_modules/jest/bin/jest.js');
  const output = ['--json', '--outputFile', report, '--testTimeout', String(testTimeoutMs)];
  const args = [program, '--selectProjects', kind, ...output, ...workers, '--runTestsByPath', ...files];
  const name = files.length > 3 ? `${files.length} files` : files.join(' ');
  process.stdout.write(`${kind} tests: ${name}\n`);
  const started = Date.now();
  const status = await runBeside(process.execPath, args, {
    cwd: repository,
    env: environmentOf(kind),
    // Whatever says nothing for so long hangs, and has failed.
    ...(silenceMinutes === undefined
      ? { stdio: ['ignore', 'ignore', 'inherit'] }
      : { stdio: ['ignore', 'ignore', 'pipe'], silenceTimeoutMs: silenceMinutes * 60_000 }),
  });
  const seconds = (Date.now() - started) / 1000;
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    outcome.add(kind, { passed: result.numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed, seconds });
    for (const { name: file, startTime, endTime } of result.testResults)
      durations[pathInRepository(file)] = Math.max(1, Math.round((endTime - startTime) / 1000));
  } catch (error) {
    process.stderr.write(`${kind} tests left no report: ${error.message}\n`);
    outcome.add(kind, { passed: 0, failed: 1, seconds });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Services refuse variables that are no option of theirs: those of the properties are for the properties alone. */
function environmentOf(kind) {
  const { RCS_PROPERTY_RUNS: runs, RCS_PROPERTY_SEED: seed, ...rest } = process.env;
  const given = Object.entries({ RCS_PROPERTY_RUNS: runs, RCS_PROPERTY_SEED: seed }).filter(([, value]) => value);
  return {
    ...rest,
    ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}),
    TEST_TIER: tier,
    ...plan.kinds[kind].environment?.[tier],
    ...(kind === 'properties' ? Object.fromEntries(given) : {}),
  };
}
