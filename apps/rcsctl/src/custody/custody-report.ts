import { textTable } from '../terminal/text-table.js';
import { failures, outcomes, type CustodyStatus, type Outcome, type Proof } from './custody-answers.js';
import { failingShareBound } from './failing-share-bound.js';

/** What a run looked at, and how fast: media files and recordings a second. */
export interface ProvedByRun {
  readonly mediaFiles: number;
  readonly recordings: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly recordingsPerSecond: number;
}

/** What a report says, as JSON. */
export interface CustodyReport {
  readonly status: CustodyStatus;
  /** What this run looked at. */
  readonly proved: ProvedByRun;
  /** Of a sample: what it says of all. */
  readonly sample?: {
    readonly mediaFiles: number;
    readonly seed: string;
    readonly confidence: 0.95;
    /** The share of all media files that cannot be played is at most this. */
    readonly failingAtMost: number;
  };
  /** The first of those that cannot be played, of all that were proved at any time. */
  readonly failures: readonly Proof[];
}

const meanings: Readonly<Record<Outcome, string>> = {
  opens: 'open',
  'opens-expired': 'open only with expired certificates',
  plain: 'are not encrypted, and are there',
  'key-missing': 'have no key that opens them',
  'storage-missing': 'are not given by their storage',
  damaged: 'are not what was recorded',
};

export const failingOf = (proofs: readonly Proof[]): number =>
  proofs.filter(({ outcome }) => failures.has(outcome)).length;

export function sampleOf(asked: { readonly mediaFiles: number; readonly seed: string }, proofs: readonly Proof[]) {
  return {
    ...asked,
    confidence: 0.95,
    failingAtMost: proofs.length === 0 ? 1 : failingShareBound(proofs.length, failingOf(proofs)),
  } as const;
}

function archivesText({ mediaFiles, forRecipients, keyMissing }: NonNullable<CustodyStatus['archives']>): string {
  const others = forRecipients === 0 ? '' : `, ${forRecipients} of them for recipients of their own`;
  const missing =
    keyMissing === undefined
      ? 'no vault says now which keys are here'
      : `${keyMissing} ${keyMissing === 1 ? 'has' : 'have'} no key here that opens ${keyMissing === 1 ? 'it' : 'them'}`;
  return `Archives that were made here have ${mediaFiles} encrypted media files${others}: ${missing}.`;
}

export function custodyReportText({ status, proved, sample, failures: failing }: CustodyReport): string {
  const { mediaFiles, neverProved, oldestProof, archives } = status;
  const counted = outcomes.flatMap(outcome => {
    const count = status.outcomes[outcome] ?? 0;
    return count === 0 ? [] : [[String(count), meanings[outcome]]];
  });
  const rows = neverProved === 0 ? counted : [...counted, [String(neverProved), 'were never proved']];
  const lines = [
    `${mediaFiles} media files:`,
    ...(rows.length === 0 ? [] : [textTable(['Media files', ''], rows)]),
    `This run proved ${proved.mediaFiles} media files of ${proved.recordings} recordings (${proved.recordingsPerSecond.toFixed(0)} recordings a second), ${proved.failed} of which cannot be played.`,
  ];
  if (archives !== undefined && archives.mediaFiles > 0) lines.push(archivesText(archives));
  if (oldestProof !== undefined) lines.push(`The oldest of the last proofs is of ${oldestProof}.`);
  if (sample !== undefined) {
    const percent = (sample.failingAtMost * 100).toPrecision(2);
    lines.push(
      `A sample (seed ${sample.seed}): with 95 % confidence at most ${percent} % of all media files cannot be played.`,
    );
  }
  if (failing.length === 0) return lines.join('\n');
  const header = ['Recording', 'Media file', 'Outcome', 'Proved', 'Reason'];
  const table = failing.map(({ recording, mediaFile, outcome, provedAt, code, reason }) => [
    ...[recording, mediaFile, outcome, provedAt],
    reason ?? code ?? '',
  ]);
  const steps = new Map(failing.map(({ reason, code, nextStep }) => [reason ?? code ?? '', nextStep ?? '']));
  const advice = [...steps].map(([reason, nextStep]) => `${reason}: ${nextStep}`);
  return [...lines, '', textTable(header, table), '', ...advice].join('\n');
}
