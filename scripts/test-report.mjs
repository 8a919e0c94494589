/** What a report of Jest (--json) says, decided without running anything. */

/**
 * @param report as Jest wrote it.
 * @param status the exit status of Jest.
 * @returns how many tests passed and failed, and the files that did: `{ file, passed, failed, test }`, where `test` is the
 *   name of the first test that failed.
 */
export function readReport(report, status) {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    failures: report.testResults.filter(file => file.status === 'failed').map(failureOf),
  };
}

function failureOf({ name: file, assertionResults: tests }) {
  const of = status => tests.filter(test => test.status === status);
  const [first] = of('failed');
  return {
    file,
    passed: of('passed').length,
    // A file that cannot be run at all counts as one.
    failed: Math.max(1, of('failed').length),
    test: first?.fullName ?? 'none of its tests ran',
  };
}
