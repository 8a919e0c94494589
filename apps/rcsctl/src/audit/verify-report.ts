import type { AuditProblem, AuditVerification } from '#store';
import type { ArchiveJudgement, ArchiveProblem } from './archive/judge-archives.js';
import type { FoundCheckpoints, RefusedLine } from './found-checkpoints.js';
import type { CheckpointJudgement, CheckpointProblem } from './judge-checkpoints.js';
import type { VerifiedLog } from './verify-log.js';

/** What `rcsctl audit verify` found out. Its members are what `--json` prints. */
export interface VerifyReport {
  readonly records: number;
  readonly writers: number;
  /** Of all lists below, including what is beyond the first thousand of each: 0 means that nothing is wrong. */
  readonly problemCount: number;
  /** Of records: the first thousand. */
  readonly problems: readonly AuditProblem[];
  /** How many of records there are. */
  readonly recordProblemCount: number;
  /** Absent where the chains alone were verified. */
  readonly checkpoints?: {
    readonly compared: number;
    readonly refused: readonly RefusedLine[];
    readonly refusedCount: number;
    readonly problems: readonly CheckpointProblem[];
    readonly problemCount: number;
    readonly notices: readonly string[];
  };
  readonly archives?: {
    readonly sealed: ArchiveJudgement['sealed'];
    readonly problems: readonly ArchiveProblem[];
    readonly problemCount: number;
  };
}

/** What a comparison with checkpoints and archives adds to the records. */
export type Compared = Pick<VerifiedLog, 'judged' | 'archived'> & {
  readonly found: Pick<FoundCheckpoints, 'count' | 'refused'>;
};

/** The one place where problems are counted. @param compared is absent where the chains alone were verified. */
export function verifyReport(result: AuditVerification, compared?: Compared): VerifyReport {
  const { records, writers, problems, problemCount: recordProblemCount } = result;
  const own = { problems, recordProblemCount };
  if (compared === undefined) return { records, writers, problemCount: recordProblemCount, ...own };
  const { found, judged, archived } = compared;
  const checkpoints = {
    compared: found.count,
    refused: found.refused.findings,
    refusedCount: found.refused.count,
    problems: judged.problems,
    problemCount: judged.problemCount,
    notices: judged.notices,
  };
  const { sealed, problems: archiveProblems } = archived;
  const archives = { sealed, problems: archiveProblems, problemCount: archiveProblems.length };
  const problemCount = recordProblemCount + checkpoints.refusedCount + checkpoints.problemCount + archives.problemCount;
  return { records, writers, problemCount, ...own, checkpoints, archives };
}

/** The exit status says what the report says. */
export const exitStatusOf = ({ problemCount }: VerifyReport): 0 | 1 => (problemCount === 0 ? 0 : 1);

/** How many of the problems are about what was written; that a gateway was silent or killed is no fault of a record. */
export const problemsOfWriting = ({ problemCount }: VerifyReport, { lateOrUnsealed }: CheckpointJudgement): number =>
  problemCount - lateOrUnsealed;
