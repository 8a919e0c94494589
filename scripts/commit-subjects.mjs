/**
 * Checks the subjects of commits: `node scripts/commit-subjects.mjs BASE` those that HEAD has and BASE has not,
 * `node scripts/commit-subjects.mjs --message FILE` the one that is being written (the hook .githooks/commit-msg).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const maxLength = 71;

/** What is wrong with a subject, for whoever wrote it; undefined when nothing is. */
function problemOf(subject) {
  if (subject.trim() === '') return 'there is no subject';
  if (subject.length > maxLength) return `${subject.length} characters, must be under ${maxLength + 1}`;
  if (subject.endsWith('.')) return 'a full stop at the end';
  return undefined;
}

function subjectsSince(base) {
  const log = execFileSync('git', ['log', '--no-merges', '--format=%h %s', `${base}..HEAD`], { encoding: 'utf8' });
  return log
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ commit: line.slice(0, line.indexOf(' ')), subject: line.slice(line.indexOf(' ') + 1) }));
}

/** Git writes the subject of a fixup or a merge by itself; neither stays. */
function subjectOf(file) {
  const [subject = ''] = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => !line.startsWith('#'));
  return /^(fixup|squash|amend)! |^Merge /.test(subject) ? [] : [{ commit: 'this commit', subject }];
}

const [first, file] = process.argv.slice(2);
if (first === undefined || (first === '--message' && file === undefined)) {
  process.stderr.write('Usage: node scripts/commit-subjects.mjs BASE | --message FILE\n');
  process.exit(2);
}
const subjects = first === '--message' ? subjectOf(file) : subjectsSince(first);
const problems = subjects.flatMap(({ commit, subject }) => {
  const problem = problemOf(subject);
  return problem === undefined ? [] : [`${commit}: ${problem}: ${subject}`];
});
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
