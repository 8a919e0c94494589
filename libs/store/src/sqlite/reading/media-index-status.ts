import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { MediaIndexStatus } from '../../media-index/media-index-store.js';
import { unindexedRangesOf, within } from './recording-ranges.js';

interface CountRow {
  readonly mediaFiles: number;
  /** null: there are none. */
  readonly failing: number | null;
}

interface Missing {
  readonly mediaFiles: number;
  readonly failing: number;
}

/** How far contact centers are, one or all; while much is missing, others have their turn in between. */
export async function mediaIndexStatus(
  database: Database.Database,
  contactCenter: string | undefined,
): Promise<readonly MediaIndexStatus[]> {
  const centers = database
    .prepare<[string | null], Pick<MediaIndexStatus, 'contactCenter' | 'mediaFiles'>>(
      `SELECT contact_center AS contactCenter, media_files AS mediaFiles FROM media_file_count
       WHERE contact_center = ifnull(?, contact_center) ORDER BY contact_center`,
    )
    .all(contactCenter ?? null);
  const statuses: MediaIndexStatus[] = [];
  for (const center of centers) {
    const inspection = await missingOf(database, center.contactCenter, 'inspection');
    const contentTree = await missingOf(database, center.contactCenter, 'content-tree');
    const givenUp = await missingOf(database, center.contactCenter, 'given-up');
    statuses.push({
      ...center,
      notInspected: inspection.mediaFiles,
      withoutContentTree: contentTree.mediaFiles,
      failing: inspection.failing + contentTree.failing,
      givenUp: givenUp.mediaFiles,
    });
    await setImmediate();
  }
  return statuses;
}

async function missingOf(database: Database.Database, contactCenter: string, missing: string): Promise<Missing> {
  let [mediaFiles, failing] = [0, 0];
  for await (const range of unindexedRangesOf(database, contactCenter, missing)) {
    const { condition, bound } = within(range);
    const row = database
      .prepare<string[], CountRow>(
        `SELECT COUNT(*) AS mediaFiles, SUM(attempts > 0) AS failing FROM unindexed_media
         WHERE contact_center = ? AND missing = ? AND ${condition}`,
      )
      .get(contactCenter, missing, ...bound);
    mediaFiles += row?.mediaFiles ?? 0;
    failing += row?.failing ?? 0;
  }
  return { mediaFiles, failing };
}
