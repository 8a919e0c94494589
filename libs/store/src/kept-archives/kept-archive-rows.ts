import { createHash } from 'node:crypto';
import type {
  ArchiveNeed,
  BegunArchive,
  FirstHold,
  KeptArchive,
  KeptArchivePage,
  KeptArchivePosition,
  KeptArchiveState,
  NeedOfArchives,
} from './kept-archive-store.js';

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

export const needOf = ({ recipients, forRecipient, ...row }: NeedRow): NeedOfArchives => ({
  ...row,
  recipients: JSON.parse(recipients) as string[],
  forRecipient: forRecipient === 1,
});

/** The columns of an archive that is begun, in the order of their values. */
export const begunColumns = 'id, contact_center, begun_at, state, hold_until, last_seen_at, for_recipient, document';

export type BegunValues = [string, string, string, KeptArchiveState, number, string, number, string];

export function begunValues(archive: BegunArchive, { at, holdUntil }: FirstHold): BegunValues {
  const { id, contactCenter, begunAt, recipient } = archive;
  const forRecipient = recipient === undefined ? 0 : 1;
  return [id, contactCenter, begunAt, 'making', holdUntil, at, forRecipient, JSON.stringify(archive)];
}

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

/** Where a page begins: in front of every archive where it does not say. */
export const positionOf = ({ after }: KeptArchivePage): KeptArchivePosition => after ?? { begunAt: '~', id: '' };

/** What stands for the values in a query. */
type Places<Name extends string> = Readonly<Record<Name, string>>;

const archives = `
  SELECT kept.document, kept.state, kept.last_seen_at AS "lastSeenAt",
    (SELECT CAST(coalesce(SUM(media_files), 0) AS bigint) FROM archive_need WHERE archive_id = kept.id) AS "mediaFiles"
  FROM kept_archive AS kept`;

/** Rows of a page. @param which SQL that is true of those that are listed */
export const pageQuery = (which: string, at: Places<'contactCenter' | 'begunAt' | 'id' | 'limit'>): string => `
  ${archives}
  WHERE kept.contact_center = ${at.contactCenter} AND ${which}
    AND (kept.begun_at < ${at.begunAt} OR (kept.begun_at = ${at.begunAt} AND kept.id > ${at.id}))
  ORDER BY kept.begun_at DESC, kept.id LIMIT ${at.limit}`;

/** The row of one archive. */
export const archiveQuery = (at: Places<'contactCenter' | 'id'>): string => `
  ${archives} WHERE kept.contact_center = ${at.contactCenter} AND kept.id = ${at.id}`;

/** Rows of what archives need, most media files first. @param which as with `pageQuery` */
export const needsQuery = (which: string, at: Places<'contactCenter'>): string => `
  SELECT need.recipients, CAST(SUM(need.media_files) AS bigint) AS "mediaFiles", COUNT(*) AS archives,
    kept.for_recipient AS "forRecipient"
  FROM kept_archive AS kept JOIN archive_need AS need ON need.archive_id = kept.id
  WHERE kept.contact_center = ${at.contactCenter} AND ${which}
  GROUP BY need.recipients, kept.for_recipient
  ORDER BY "mediaFiles" DESC, need.recipients, kept.for_recipient`;
