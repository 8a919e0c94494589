import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Before each file of tests that starts services: whatever their gateways answer is held to the description of the API,
 * and the file fails with what is not described. Only tests have this; nothing of it is in the programs.
 */
const directory = mkdtempSync(join(tmpdir(), 'rcs-answers-'));
const report = join(directory, 'report.jsonl');
writeFileSync(report, '');

const checks = `--require ${join(__dirname, 'answer-checks.cjs')}`;
process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS ?? '', checks].join(' ').trim();
process.env.ANSWER_REPORT = report;

afterAll(() => {
  const violations = reportedViolations(report);
  rmSync(directory, { recursive: true, force: true });
  if (violations.length > 0) throw new Error(`Answers are not as the API is described:\n${violations.join('\n')}`);
});

function reportedViolations(file: string): string[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '');
  return lines.flatMap(line => (JSON.parse(line) as { violation?: string }).violation ?? []);
}
