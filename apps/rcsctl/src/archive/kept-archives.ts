import { textTable } from '../terminal/text-table.js';

/** An archive for which keys are kept, as the gateway answers it. */
export interface KeptArchiveAnswer {
  readonly id: string;
  readonly state: string;
  readonly begunAt: string;
  readonly lastSeenAt: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** Whom its envelopes were re-wrapped for; the fingerprint is the SHA-256 of the certificate. */
  readonly recipient?: { readonly fingerprint: string; readonly subject: string };
  readonly job?: { readonly id: string; readonly part: number };
  readonly mediaFiles: number;
}

export function keptArchivesText(archives: readonly KeptArchiveAnswer[]): string {
  if (archives.length === 0) return 'none';
  const rows = archives.map(({ id, begunAt, state, mediaFiles, requestedBy, reason, recipient, job, lastSeenAt }) => [
    ...[id, begunAt, state, String(mediaFiles), requestedBy, reason],
    ...[recipient?.subject ?? '', job === undefined ? '' : `${job.id} ${job.part}`, lastSeenAt],
  ]);
  const header = ['Archive', 'Made', 'State', 'Media files', 'By', 'Reason', 'Recipient', 'Job and part', 'Seen last'];
  return textTable(header, rows);
}
