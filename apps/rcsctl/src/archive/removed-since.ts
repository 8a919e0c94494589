import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ArchiveManifest } from '#archive';
import { parseLedgerItem, type LedgerEntry } from '#store';

/** What the ledger of removals has of the recordings of an archive. */
export type RemovedSince = Pick<LedgerEntry, 'recordingId' | 'mediaId' | 'kind' | 'time'>;

/**
 * Recordings and media files of an archive that were removed, by the ledger file that gateways keep (docs/recordings.md).
 * @throws RcsError RCS_INVALID_VALUE for a file that is no ledger, or whatever the file cannot be read for
 */
export async function removedSince(
  { contactCenter, members }: Pick<ArchiveManifest, 'contactCenter' | 'members'>,
  ledgerFile: string,
): Promise<readonly RemovedSince[]> {
  const recordings = new Set(members.map(({ recording }) => recording));
  const files = new Set(members.map(({ recording, mediaFile }) => JSON.stringify([recording, mediaFile])));
  const found: RemovedSince[] = [];
  for await (const line of createInterface({ input: createReadStream(ledgerFile), crlfDelay: Infinity })) {
    const item = parseLedgerItem(line);
    if (!('removal' in item) || item.removal.contactCenter !== contactCenter) continue;
    const { recordingId, mediaId, kind, time } = item.removal;
    const isHere =
      mediaId === undefined ? recordings.has(recordingId) : files.has(JSON.stringify([recordingId, mediaId]));
    if (isHere) found.push({ recordingId, kind, time, ...(mediaId === undefined ? {} : { mediaId }) });
  }
  return found;
}

/** What must not come back, nor be given on; what was deleted or has expired may have been archived for that very reason. */
export const isErased = ({ kind }: RemovedSince): boolean => kind === 'erased';
