/** Which files that failed are run once more: decided from test/plan.json without running anything. */
import { plan, secondsOf } from './test-plan.mjs';

/**
 * Kinds that start real processes may fail because the machine was busy. Each such file is run once more, alone; where
 * more of them failed than a tier allows, it is not the machine, and none is.
 * @param failures `{ kind, file }` of the files that failed, the file as a path in the repository.
 * @param minutesLeft until the run has to end.
 */
export function secondRuns(tier, failures, minutesLeft = Infinity) {
  const { secondRuns: most = 0 } = plan.tiers[tier];
  const noisy = failures.filter(({ kind }) => plan.kinds[kind].secondRun === true);
  const seconds = noisy.reduce((sum, { file }) => sum + secondsOf(file), 0);
  return noisy.length <= most && seconds < minutesLeft * 60 ? noisy : [];
}
