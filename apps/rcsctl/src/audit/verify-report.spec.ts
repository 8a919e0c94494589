import type { AuditVerification } from '#store';
import { exitStatusOf, problemsOfWriting, verifyReport, type Compared } from './verify-report.js';

const sound: AuditVerification = { records: 3, writers: 1, problems: [], problemCount: 0 };
const nothingFound: Compared = {
  found: { count: 2, refused: { findings: [], count: 0 } },
  judged: { problems: [], problemCount: 0, lateOrUnsealed: 0, notices: ['a was killed'] },
  archived: { problems: [], sealed: [], part: { chains: [] }, last: undefined },
};
const problemOf = (kind: 'late' | 'missing') => ({ number: 7, kind, detail: 'why' });

const judgedWith = (kind: 'late' | 'missing'): Compared => ({
  ...nothingFound,
  judged: {
    problems: [problemOf(kind)],
    problemCount: 1,
    lateOrUnsealed: kind === 'late' ? 1 : 0,
    notices: [],
  },
});
const record = { writer: 'a', sequence: 1, kind: 'missing', detail: 'why' } as const;
const everything: readonly (readonly [string, AuditVerification, Compared | undefined])[] = [
  ['a record', { ...sound, problems: [record], problemCount: 1 }, nothingFound],
  ['a record, without checkpoints', { ...sound, problems: [record], problemCount: 1 }, undefined],
  ['a checkpoint that is late', sound, judgedWith('late')],
  ['a checkpoint that is missing', sound, judgedWith('missing')],
  [
    'a line that nobody signed',
    sound,
    {
      ...nothingFound,
      found: { count: 2, refused: { findings: [{ source: 'file', line: 1, reason: 'why' }], count: 1 } },
    },
  ],
  [
    'an archive',
    sound,
    {
      ...nothingFound,
      archived: {
        ...nothingFound.archived,
        problems: [{ number: 7, kind: 'archive-missing', detail: 'why' }],
      },
    },
  ],
];

describe(verifyReport.name, () => {
  it('says that nothing is wrong where nothing is, with what is no problem', () => {
    const report = verifyReport(sound, nothingFound);
    expect([report.problemCount, exitStatusOf(report)]).toEqual([0, 0]);
    expect(report.checkpoints?.notices).toEqual(['a was killed']);
  });

  it.each(everything)('counts and names %s, and the exit status agrees', (_, result, compared) => {
    const report = verifyReport(result, compared);
    expect([report.problemCount, exitStatusOf(report)]).toEqual([1, 1]);
    expect(JSON.stringify(report)).toContain('why');
  });

  it('counts what it does not show', () => {
    const report = verifyReport({ ...sound, problems: [record], problemCount: 1201 }, judgedWith('missing'));
    expect([report.problemCount, report.recordProblemCount, report.checkpoints?.problemCount]).toEqual([1202, 1201, 1]);
  });
});

describe(problemsOfWriting.name, () => {
  it('leaves out that a gateway was silent, and nothing else', () => {
    for (const [kind, count] of [
      ['late', 0],
      ['missing', 1],
    ] as const) {
      const compared = judgedWith(kind);
      expect(problemsOfWriting(verifyReport(sound, compared), compared.judged)).toBe(count);
    }
  });
});
