import type { EnvelopeReplacement, RewrapFailure, RewrapRun, RewrapStep } from './rewrap-run.js';

const keptFailures = 100;

/** The run after a step of which some envelopes had changed meanwhile. */
export function advance(run: RewrapRun, step: RewrapStep, changed: readonly EnvelopeReplacement[]): RewrapRun {
  const lost = changed.map(({ recordingId, mediaId }): RewrapFailure => ({
    recordingId,
    mediaId,
    reason: 'the envelope changed while it was rewrapped',
  }));
  const failures = [...step.failures, ...lost];
  const { counts } = run;
  return {
    ...run,
    waiting: undefined,
    state: step.done ? 'done' : 'running',
    ...(step.position === undefined ? {} : { position: step.position }),
    counts: {
      total: counts.total,
      rewrapped: counts.rewrapped + step.replacements.length - lost.length,
      unchanged: counts.unchanged + step.unchanged,
      notRewrappable: counts.notRewrappable + step.notRewrappable,
      failed: counts.failed + failures.length,
    },
    failures: [...run.failures, ...failures].slice(0, keptFailures),
    updatedAt: step.at,
  };
}
