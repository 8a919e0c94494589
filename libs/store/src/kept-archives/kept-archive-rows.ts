import { createHash } from 'node:crypto';
import type { ArchiveNeed, BegunArchive, KeptArchive, KeptArchiveState, NeedOfArchives } from './kept-archive-store.js';

/** A row of `kept_archive`, with the sum of its needs. */
export interface KeptArchiveRow {
  readonly document: string;
  readonly state: KeptArchiveState;
  readonly lastSeenAt: string;
  readonly mediaFiles: number;
}

export interface NeedRow {
  readonly recipients: string;
  readonly mediaFiles: number;
  readonly archives: number;
  readonly forRecipient: number;
}

export const keptArchiveOf = ({ document, ...row }: KeptArchiveRow): KeptArchive => ({
  ...(JSON.parse(document) as BegunArchive),
  ...row,
});

/** Recipients as they are kept. */
export interface RecipientsRow {
  /** Of two needs the same where the recipients are: what keys of tables and indexes hold, however many those are. */
  readonly digest: string;
  /** Sorted, each once. */
  readonly names: readonly string[];
  /** The names, JSON. */
  readonly recipients: string;
}

export function recipientsRow({ recipients: unsorted }: Pick<ArchiveNeed, 'recipients'>): RecipientsRow {
  const names = [...new Set(unsorted)].sort();
  const recipients = JSON.stringify(names);
  return { digest: createHash('sha256').update(recipients).digest('hex'), names, recipients };
}

export const needOf = ({ recipients, forRecipient, ...row }: NeedRow): NeedOfArchives => ({
  ...row,
  recipients: JSON.parse(recipients) as string[],
  forRecipient: forRecipient === 1,
});
