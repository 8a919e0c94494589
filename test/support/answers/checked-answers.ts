import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Before each file of tests that starts services: whatever their gateways answer is held to the description of the API,
 * and the file fails with what is not described. Only tests have this; nothing of it is in the programs.
 */
/** Of the cluster that several files of tests share, one after the other; what it says from now on is of this file. */
const sharedReport = process.env.TEST_CLUSTER_ANSWERS;
const toldBefore = linesOf(sharedReport).length;
const directory = mkdtempSync(join(tmpdir(), 'rcs-answers-'));
const report = join(directory, 'report.jsonl');
writeFileSync(report, '');

const checks = `--require ${join(__dirname, 'answer-checks.cjs')}`;
process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS ?? '', checks].join(' ').trim();
process.env.ANSWER_REPORT = report;

afterAll(() => {
  const violations = violationsIn([...linesOf(report), ...linesOf(sharedReport).slice(toldBefore)]);
  rmSync(directory, { recursive: true, force: true });
  if (violations.length > 0) throw new Error(`Answers are not as the API is described:\n${violations.join('\n')}`);
});

function linesOf(file: string | undefined): string[] {
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '');
}

function violationsIn(lines: readonly string[]): string[] {
  return lines.flatMap(line => (JSON.parse(line) as { violation?: string }).violation ?? []);
}
