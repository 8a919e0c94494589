/**
 * All tests in one command. test/plan.json says what there is, which tier it belongs to, what it needs and how long it may take:
 *
 *   npm test                        every kind, with small counts
 *   npm test -- all                 and packaging, with larger counts: what continuous integration runs
 *   npm test -- long                and what takes hours: before a release
 *   npm test -- unit libs/cms       one kind, one place; `long properties` is one kind of another tier
 *   npm test -- --record-durations  and writes into test/durations.json how long files took
 *
 * A file of a kind that starts real processes and failed runs once more at the end, alone; where it passes then, the last
 * lines name it `unsteady`, and `failed` where not. The very last line is always `N passed, N failed`.
 */
import './supported-node.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { askForAdvisories } from './advisories.mjs';
import { withCompileCache } from './compile-cache.mjs';
import { isInstalled, prepare, repository } from './prepare.mjs';
import { runBeside } from './run-child.mjs';
import { secondRuns } from './second-runs.mjs';
import { SharedCluster, stopSharedClusters } from './shared-cluster.mjs';
import { TestOutcome } from './test-outcome.mjs';
import {
  filesOf,
  hasLanes,
  jobsOf,
  longestFirst,
  misjudged,
  pathInRepository,
  plan,
  readArguments,
  recordDurations,
} from './test-plan.mjs';
import { readReport } from './test-report.mjs';

/** Of a test that sets none of its own. It is there for what hangs: how fast something is, is no matter of these tests. */
const testTimeoutMs = 60_000;
const inBand = ['--runInBand'];
/** Files that start servers wait for most of their time: with one worker a core, cores would wait, too. */
const everyCore = ['--maxWorkers', String(Math.ceil(availableParallelism() * 1.5))];

const { tier, kinds, patterns, record } = readArguments(process.argv.slice(2));
const { endAfterMinutes, silenceMinutes } = plan.tiers[tier];
const outcome = new TestOutcome(tier !== 'plain');
const durations = {};
const failures = [];
if (endAfterMinutes !== undefined) setTimeout(endEarly, endAfterMinutes * 60_000).unref();

prepare(tier === 'plain' ? 'test' : `${tier} test`);
const runnable = kinds.filter(hasWhatItNeeds);
const of = condition => runnable.filter(kind => condition(plan.kinds[kind]));
await Promise.all([...of(({ check }) => check !== undefined).map(check), ...(kinds.length > 1 ? [advisories()] : [])]);
for (const kind of of(({ alone }) => alone === true))
  await jest(kind, filesOf(kind, patterns), plan.kinds[kind].everyCore === true ? everyCore : inBand);
await fillLanes(runnable.filter(hasLanes));
for (const kind of of(({ script }) => script !== undefined)) await script(kind);
await runAgain();
if (patterns.length === 0) runnable.forEach(kind => outcome.checkFloor(kind));
if (record) recordDurations(durations);
finish();

function finish() {
  const wrong = misjudged(durations);
  const told = wrong.length === 0 ? [] : [`seconds (known): ${wrong.join(', ')}`];
  process.stdout.write(`${[outcome.times(), ...told, ...outcome.lines()].join('\n')}\n`);
  process.exit(outcome.failed > 0 || outcome.passed === 0 ? 1 : 0);
}

/** Whatever else runs ends with this process. */
async function endEarly() {
  outcome.failed++;
  outcome.remark(`ended after ${endAfterMinutes} minutes, before everything had run`);
  await stopSharedClusters();
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
  const started = performance.now();
  const status = await runBeside(program, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  const passed = status === 0 ? 1 : 0;
  outcome.add(kind, { passed, failed: 1 - passed, seconds: (performance.now() - started) / 1000 });
  if (passed === 0) outcome.stillFailed(kind);
}

/**
 * Each lane takes the longest job that is left, so that all of them end at about the same time. Files that join a cluster
 * join that of their lane, where nothing runs beside them.
 */
async function fillLanes(chosen) {
  const jobs = longestFirst(chosen.flatMap(kind => jobsOf(kind, filesOf(kind, patterns))));
  const lane = async () => {
    const cluster = new SharedCluster();
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift())
      await jest(job.kind, job.files, inBand, job.joins ? await environmentIn(cluster) : {});
    await cluster.stop();
  };
  await Promise.all(Array.from({ length: plan.lanes }, lane));
}

/** Without a cluster of the lane each file starts one. */
async function environmentIn(cluster) {
  try {
    return await cluster.environment();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return {};
  }
}

/** What failed while the machine was full, now that it is not, and in a cluster that nobody has used before. */
async function runAgain() {
  const minutesLeft = endAfterMinutes === undefined ? undefined : endAfterMinutes - performance.now() / 60_000;
  const lastFailures = new Set(failures);
  for (const failure of secondRuns(tier, failures, minutesLeft)) {
    process.stdout.write(`once more, alone: ${failure.file}\n`);
    const second = await runJest(failure.kind, [failure.file], inBand);
    if (second.failed > 0 || second.passed === 0) continue;
    outcome.passedAgain(failure, second);
    lastFailures.delete(failure);
  }
  for (const { kind, file, test } of lastFailures) outcome.stillFailed(kind, file, test);
}

async function jest(kind, files, workers, environment = {}) {
  if (files.length === 0) return;
  const result = await runJest(kind, files, workers, environment);
  outcome.add(kind, result);
  failures.push(...result.failures.map(failure => ({ ...failure, kind, file: pathInRepository(failure.file) })));
}

/** Answers how many tests passed and failed, which files did, and how long it took. */
async function runJest(kind, files, workers, environment = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-test-'));
  const report = join(directory, 'report.json');
  const program = join(repository, 'node_modules/jest/bin/jest.js');
  const output = ['--json', '--outputFile', report, '--testTimeout', String(testTimeoutMs)];
  const args = [program, '--selectProjects', kind, ...output, ...workers, '--runTestsByPath', ...files];
  const name = files.length > 3 ? `${files.length} files` : files.join(' ');
  process.stdout.write(`${kind} tests: ${name}\n`);
  const started = performance.now();
  const status = await runBeside(process.execPath, args, {
    cwd: repository,
    env: { ...environmentOf(kind), ...environment },
    // Whatever says nothing for so long hangs, and has failed.
    ...(silenceMinutes === undefined
      ? { stdio: ['ignore', 'ignore', 'inherit'] }
      : { stdio: ['ignore', 'ignore', 'pipe'], silenceTimeoutMs: silenceMinutes * 60_000 }),
  });
  const seconds = (performance.now() - started) / 1000;
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    for (const { name: file, startTime, endTime } of result.testResults)
      durations[pathInRepository(file)] = Math.max(1, Math.round((endTime - startTime) / 1000));
    return { ...readReport(result, status), seconds };
  } catch (error) {
    process.stderr.write(`${kind} tests left no report: ${error.message}\n`);
    outcome.stillFailed(kind, name, 'left no report');
    return { passed: 0, failed: 1, failures: [], seconds };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Services refuse variables that are no option of theirs: those of the properties are for the properties alone. */
function environmentOf(kind) {
  const { RCS_PROPERTY_RUNS: runs, RCS_PROPERTY_SEED: seed, ...rest } = process.env;
  const given = Object.entries({ RCS_PROPERTY_RUNS: runs, RCS_PROPERTY_SEED: seed }).filter(([, value]) => value);
  return {
    ...withCompileCache(rest),
    ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}),
    TEST_TIER: tier,
    ...plan.kinds[kind].environment?.[tier],
    ...(kind === 'properties' ? Object.fromEntries(given) : {}),
  };
}
