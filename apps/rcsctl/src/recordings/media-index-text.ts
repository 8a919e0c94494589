import { textTable } from '../terminal/text-table.js';

/** How far a contact center is, as the gateway answers it. */
export interface MediaIndex {
  readonly mediaFiles: number;
  readonly inspected: number;
  readonly proved: number;
  readonly failing: number;
  readonly givenUp: number;
  readonly unknownRecordings: number;
  readonly failures: readonly {
    readonly recording: string;
    readonly mediaFile: string;
    readonly missing: string;
    readonly attempts: number;
    readonly reason: string;
    readonly nextStep: string;
    readonly nextAttempt: string;
  }[];
}

export function mediaIndexText({
  mediaFiles,
  inspected,
  proved,
  givenUp,
  unknownRecordings,
  failures,
}: MediaIndex): string {
  const lines = [
    `${inspected} of ${mediaFiles} media files have been inspected: it is known whom they are for`,
    `${proved} of ${mediaFiles} have a content tree: every byte of them is proved when they play`,
  ];
  if (givenUp > 0) lines.push(`${givenUp} media files were given up: they hold no certificate`);
  if (unknownRecordings > 0) {
    lines.push(`unknown: ${unknownRecordings} recordings; no certificate can be deleted before these are inspected`);
  }
  if (failures.length === 0) return lines.join('\n');
  const rows = failures.map(({ recording, mediaFile, missing, attempts, reason, nextAttempt }) => [
    recording,
    mediaFile,
    missing,
    String(attempts),
    nextAttempt,
    reason,
  ]);
  const header = ['Recording', 'Media file', 'Missing', 'Attempts', 'Next attempt', 'Reason'];
  const steps = new Map(failures.map(({ reason, nextStep }) => [reason, nextStep]));
  const advice = [...steps].map(([reason, nextStep]) => `${reason}: ${nextStep}`);
  return [...lines, '', textTable(header, rows), '', ...advice].join('\n');
}
