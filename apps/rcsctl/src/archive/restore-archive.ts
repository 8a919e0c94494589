import { Readable } from 'node:stream';
import type { ArchiveBytes, StoredMember, VerifiedArchive } from '#archive';
import { ContentTreeBuilder, type ContentTree } from '#media-storage';
import { RcsError } from '#platform';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import type { RecorderStorage } from '../recorder/recorder-storage.js';
import { oneByOne, refusedInsertion, type OneByOne, type Without } from './one-by-one.js';
import { insertionOf, type ArchivedRecording, type PlacedMedia } from './restored-recording.js';

/** What became of one recording of an archive. */
export interface RestoreOutcome {
  readonly recording: string;
  /**
   * `taken`: there is a recording of this id, or there was one and it was removed; `incomplete`: the archive has not all of
   * its media; `other-file`: something else lies where a media file should; `refused`: the gateway does not take it.
   */
  readonly outcome: 'restored' | 'taken' | 'incomplete' | 'other-file' | 'refused';
  readonly detail?: string;
}

export interface RestoreWay extends OneByOne {
  readonly archive: ArchiveBytes;
  readonly verified: VerifiedArchive;
  readonly gateway: Pick<GatewayClient, 'hasRecording' | 'insertRecording'>;
  readonly storage: Pick<RecorderStorage, 'store' | 'plaintext' | 'remove'>;
  readonly contactCenter: string;
  /** Below the base of the storage, ending with a slash; empty for the base itself. */
  readonly directory: string;
  /** The place that servers are told, of a path in the storage. */
  readonly placeOf: (path: string) => string;
}

const pieceBytes = 256 * 1024;

/**
 * Puts the recordings of a verified archive back, each by itself: nothing is stored of an id that is taken, or was removed
 * (the gateway asks the ledger of removals), no stored file is written over, and what was stored of a recording that the
 * gateway refuses is removed. Whatever it is stopped at, it can be run again.
 */
export async function* restoreArchive(way: RestoreWay): AsyncGenerator<RestoreOutcome> {
  yield* oneByOne(way.verified, way, (recording, without) => restore(recording, without, way));
}

type Outcome = Omit<RestoreOutcome, 'recording'>;

async function restore(
  { id, document, media }: ArchivedRecording,
  without: Without,
  way: RestoreWay,
): Promise<Outcome> {
  if (await way.gateway.hasRecording(id)) return { outcome: 'taken' };
  const placed: (PlacedMedia & { readonly isNew: boolean })[] = [];
  for (const { mediaId, member, path: own } of media) {
    const path = `${way.directory}${own}`;
    const stored = await place(path, member, way);
    if (stored === undefined) {
      await takeBack(placed, way);
      return { outcome: 'other-file', detail: path };
    }
    placed.push({ mediaId, path: way.placeOf(path), ...stored });
  }
  const text = await way.archive.read(...extentOf(document));
  const insertion = insertionOf(JSON.parse(text.toString('utf8')) as Record<string, unknown>, placed);
  const refused = await refusedInsertion(way.gateway, way.contactCenter, insertion);
  if (refused === undefined) return { outcome: 'restored', ...without };
  await takeBack(placed, way);
  return refused;
}

/** undefined where something else lies there. What an earlier run stored is taken as it is. */
async function place(
  path: string,
  member: StoredMember,
  { archive, storage, signal }: RestoreWay,
): Promise<{ readonly tree: ContentTree; readonly isNew: boolean; readonly stored: string } | undefined> {
  const open = () => ({
    stored: Readable.from(piecesOf(archive, member, signal), { objectMode: false }),
    length: member.length,
  });
  try {
    return { tree: await storage.store(path, open), isNew: true, stored: path };
  } catch (error) {
    if (!(error instanceof RcsError && error.code === 'RCS_STORAGE_FILE_EXISTS')) throw error;
  }
  const [mine, theirs] = [await treeOf(open().stored), await treeOf((await storage.plaintext(path)).open())];
  return mine.root === theirs.root && mine.length === theirs.length
    ? { tree: mine, isNew: false, stored: path }
    : undefined;
}

/** What this run stored of a recording that does not come back. */
async function takeBack(
  placed: readonly { readonly isNew: boolean; readonly stored?: string; readonly path: string }[],
  { storage }: RestoreWay,
): Promise<void> {
  for (const { isNew, stored } of placed) if (isNew && stored !== undefined) await storage.remove(stored);
}

const extentOf = ({ contentOffset, length }: StoredMember): [start: number, end: number] => [
  contentOffset,
  contentOffset + length,
];

async function* piecesOf(archive: ArchiveBytes, member: StoredMember, signal: AbortSignal): AsyncGenerator<Buffer> {
  const [start, end] = extentOf(member);
  for (let at = start; at < end; at += pieceBytes) {
    signal.throwIfAborted();
    yield await archive.read(at, Math.min(end, at + pieceBytes));
  }
}

async function treeOf(bytes: Readable): Promise<ContentTree> {
  const tree = new ContentTreeBuilder();
  for await (const piece of bytes as AsyncIterable<Buffer>) tree.update(piece);
  return tree.finish();
}
