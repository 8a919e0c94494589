import { plan } from './test-plan.mjs';

/** A kind that takes so much longer than planned is named; these machines are noisy, so time alone fails nothing. */
const tolerance = 1.25;

/** What a test run comes to: counts, time and what was left out of each kind. */
export class TestOutcome {
  passed = 0;
  failed = 0;
  #kinds = new Map();
  #remarks = [];

  /** `strict`: what is left out fails the run. */
  constructor(strict) {
    this.strict = strict;
  }

  add(kind, { passed, failed, seconds }) {
    this.passed += passed;
    this.failed += failed;
    const known = this.#kinds.get(kind) ?? { tests: 0, seconds: 0 };
    this.#kinds.set(kind, { tests: known.tests + passed + failed, seconds: known.seconds + seconds });
  }

  /** A file that failed, and passed when it ran once more, counts as it did then; the last lines name it. */
  passedAgain({ kind, file, passed, failed, test }, second) {
    this.add(kind, { passed: second.passed - passed, failed: -failed, seconds: second.seconds });
    this.remark(`unsteady: ${file} (failed once: ${test})`);
  }

  /** Whatever failed for good stands in the last lines too: they are what remains of a long output. */
  stillFailed(kind, file, test) {
    this.remark(`failed: ${[kind, file].filter(Boolean).join(' ')}${test === undefined ? '' : ` (${test})`}`);
  }

  skip(kind, reason) {
    if (this.strict) this.failed++;
    this.remark(`skipped: ${kind}: ${reason}`);
  }

  /** Stands in the last lines. */
  remark(text) {
    this.#remarks.push(text);
  }

  /** For a kind of which everything ran. */
  checkFloor(kind) {
    const { floor = 1 } = plan.kinds[kind];
    const tests = this.#kinds.get(kind)?.tests ?? 0;
    if (tests < floor) this.skip(kind, `${tests} tests where there are at least ${floor}`);
  }

  /** What each kind took, and its budget, seconds: what budgets are set from. */
  times() {
    const kinds = [...this.#kinds].map(
      ([kind, { seconds }]) => `${kind} ${Math.round(seconds)} (${plan.kinds[kind].budgetSeconds})`,
    );
    return `seconds (budget): ${kinds.join(', ')}`;
  }

  /** The last lines; the very last has the counts and nothing else. */
  lines() {
    const slow = [...this.#kinds]
      .filter(([kind, { seconds }]) => seconds > plan.kinds[kind].budgetSeconds * tolerance)
      .map(
        ([kind, { seconds }]) =>
          `over budget: ${kind} took ${Math.round(seconds)} s of ${plan.kinds[kind].budgetSeconds} s`,
      );
    return [...slow, ...this.#remarks, `${this.passed} passed, ${this.failed} failed`];
  }
}
