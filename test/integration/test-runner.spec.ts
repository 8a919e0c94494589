import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { processesBelow } from '#test/cluster/processes-below.js';
import { endChild } from '#test/waiting/end-child.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';

const script = (name: string): string =>
  JSON.stringify(pathToFileURL(join(__dirname, '../../scripts', `${name}.mjs`)).href);

/** What an expression over the plain functions of the test runner comes to, which are modules that Jest does not load. */
function decided(expression: string): unknown {
  const program = `
    const { secondRuns } = await import(${script('second-runs')});
    const { readReport } = await import(${script('test-report')});
    const { TestOutcome } = await import(${script('test-outcome')});
    const { filesOf, jobsOf, joinsCluster, misjudged } = await import(${script('test-plan')});
    const run = () => { ${expression} };
    process.stdout.write(JSON.stringify(run()));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

const failure = (kind: string, file = `test/${kind}/some.spec.ts`): object => ({ kind, file });
const again = (tier: string, failures: readonly object[], minutesLeft?: number): unknown =>
  decided(`return secondRuns(${[tier, failures].map(each => JSON.stringify(each)).join()}, ${minutesLeft});`);

describe('what is run once more', () => {
  const noisy = ['integration', 'conformance', 'e2e', 'resilience'].map(kind => failure(kind));

  it('are files that start real processes, in the tiers plain and all', () => {
    for (const tier of ['plain', 'all']) expect(again(tier, noisy.slice(1))).toEqual(noisy.slice(1));
    expect(again('plain', noisy.slice(0, 1))).toEqual(noisy.slice(0, 1));
    expect(again('long', noisy.slice(1))).toEqual([]);
  });

  it('is no unit test, no property and nothing else', () => {
    const others = ['unit', 'properties', 'release'].map(kind => failure(kind));
    expect(again('all', others)).toEqual([]);
    expect(again('all', [...others, noisy[0]!])).toEqual([noisy[0]]);
  });

  it('is nothing where more than three failed', () => {
    expect(again('all', noisy)).toEqual([]);
  });

  it('is nothing where there is no time left for it', () => {
    const unknown = [failure('e2e', 'test/e2e/never-measured.spec.ts')];
    expect(again('all', unknown, 5)).toEqual(unknown);
    expect(again('all', unknown, 0.1)).toEqual([]);
    expect(again('all', unknown, -3)).toEqual([]);
  });
});

describe('a report of Jest', () => {
  const read = (report: object, status: number): unknown =>
    decided(`return readReport(${JSON.stringify(report)}, ${status});`);
  const test = (status: string, fullName: string): object => ({ status, fullName });

  it('names the files that failed, and the first test of each', () => {
    const testResults = [
      { name: '/a.spec.ts', status: 'passed', assertionResults: [test('passed', 'one')] },
      {
        name: '/b.spec.ts',
        status: 'failed',
        assertionResults: [test('passed', 'one'), test('failed', 'two'), test('failed', 'three')],
      },
      { name: '/c.spec.ts', status: 'failed', assertionResults: [] },
    ];
    const report = { numPassedTests: 2, numFailedTests: 2, numRuntimeErrorTestSuites: 1, testResults };
    expect(read(report, 1)).toEqual({
      passed: 2,
      failed: 3,
      failures: [
        { file: '/b.spec.ts', passed: 1, failed: 2, test: 'two' },
        { file: '/c.spec.ts', passed: 0, failed: 1, test: 'none of its tests ran' },
      ],
    });
  });

  it('counts a failure where Jest failed and no test did', () => {
    const report = { numPassedTests: 2, numFailedTests: 0, numRuntimeErrorTestSuites: 0, testResults: [] };
    expect(read(report, 1)).toEqual({ passed: 2, failed: 1, failures: [] });
    expect(read(report, 0)).toEqual({ passed: 2, failed: 0, failures: [] });
  });
});

it('a kind that takes a quarter more than its budget is named, and the time of each is told', () => {
  const { times, lines } = decided(`
    const outcome = new TestOutcome(true);
    outcome.add('fuzz', { passed: 1, failed: 0, seconds: 4300 * 1.3 });
    outcome.add('mutants', { passed: 1, failed: 0, seconds: 5400 * 1.2 });
    return { times: outcome.times(), lines: outcome.lines() };`) as { times: string; lines: string[] };
  expect(times).toBe('seconds (budget): fuzz 5590 (4300), mutants 6480 (5400)');
  expect(lines).toEqual(['over budget: fuzz took 5590 s of 4300 s', '2 passed, 0 failed']);
});

it('a file that passes the second time counts as passed, and is named above the last line', () => {
  const lines = decided(`
    const outcome = new TestOutcome(true);
    outcome.add('e2e', { passed: 7, failed: 3, seconds: 10 });
    const failure = { kind: 'e2e', file: 'test/e2e/some.spec.ts', passed: 1, failed: 2, test: 'plays' };
    outcome.passedAgain(failure, { passed: 3, failed: 0, seconds: 5 });
    return outcome.lines();`);
  expect(lines).toEqual(['unsteady: test/e2e/some.spec.ts (failed once: plays)', '9 passed, 1 failed']);
});

it('what failed for good is named above the last line', () => {
  const lines = decided(`
    const outcome = new TestOutcome(true);
    outcome.add('lint', { passed: 0, failed: 1, seconds: 10 });
    outcome.stillFailed('lint');
    outcome.stillFailed('unit', 'libs/cms/src/some.spec.ts', 'opens');
    return outcome.lines();`);
  expect(lines).toEqual(['failed: lint', 'failed: unit libs/cms/src/some.spec.ts (opens)', '0 passed, 1 failed']);
});

describe('how long files take', () => {
  const told = (measured: Readonly<Record<string, number>>): unknown =>
    decided(`return misjudged(${JSON.stringify(measured)});`);

  it('is told of those of which something else was known, the worst first', () => {
    expect(told({ 'test/e2e/never-measured.spec.ts': 200, 'test/e2e/neither.spec.ts': 300 })).toEqual([
      'test/e2e/neither.spec.ts 300 (30)',
      'test/e2e/never-measured.spec.ts 200 (30)',
    ]);
  });

  it('is nothing new where it is about what was known, and of unit tests', () => {
    expect(told({ 'test/e2e/never-measured.spec.ts': 70, 'libs/cms/src/any.spec.ts': 300 })).toEqual([]);
  });
});

describe('the cluster of a lane', () => {
  it('is for files that all join it, which are started apart from the others', () => {
    const jobs = decided(`
      return jobsOf('e2e', filesOf('e2e', [])).map(({ joins, files }) => ({ joins, files: files.map(joinsCluster) }));`);
    const mixed = (jobs as { joins: boolean; files: boolean[] }[]).filter(({ joins, files }) => files.includes(!joins));
    expect(mixed).toEqual([]);
    expect((jobs as { joins: boolean }[]).filter(({ joins }) => joins).length).toBeGreaterThan(0);
  });

  it('goes with the runner that is told to end, and its files do', async () => {
    const program = `
      const { SharedCluster } = await import(${script('shared-cluster')});
      const cluster = new SharedCluster();
      process.stdout.write(JSON.stringify(await cluster.environment()) + '\\n');
      setInterval(() => undefined, 1000);`;
    const runner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await within('a cluster', once(createInterface({ input: runner.stdout }), 'line'), 150_000)) as [
      string,
    ];
    const { TEST_CLUSTER: data } = JSON.parse(line) as { TEST_CLUSTER: string };
    expect(processesBelow(data).length).toBeGreaterThan(4);
    await endChild('the runner', runner);
    expect(existsSync(dirname(data))).toBe(false);
    await waitFor('the end of its processes', () => processesBelow(data).length === 0);
  }, 180_000);
});
