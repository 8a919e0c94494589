import type { ByteSource } from '#cms';
import type { HandedStorage } from '#contracts';
import type { PlaybackGrant } from '#grants';
import {
  checkLength,
  contentTreeBlockBytes,
  contentTreeHashBytes,
  KnownLeaves,
  leafCount,
  VerifiedSource,
  type PinnedContent,
  type SetPlace,
  type OpenHint,
  type StoredObject,
} from '#media-storage';
import { RcsError } from '#platform';
import type { GrantedStorages } from './granted-storages.js';

/** What was sent of a content tree: all of its leaves, or those of some parts. */
export type SentTree = PinnedContent['leaves'];

/** The content tree of media that is open, as far as it was sent. */
export type KnownTree = Pick<VerifiedSource, 'learn' | 'requireAll'>;

/** A stored file as the grant pins it. */
export interface StoredContent {
  readonly stored: StoredObject;
  /** Its bytes, checked against the content tree where there is one. */
  readonly source: ByteSource;
  /** Whether the storage lets any media play, recognised or not. */
  readonly anyMedia: boolean;
  /** Takes more leaves of the content tree; absent where there is none. */
  readonly tree?: KnownTree;
  /** Memory that the leaves of the tree take when all are known. */
  readonly treeBytes: number;
  /** Whoever opened it has read what they need of its ends. */
  readonly opened: () => void;
}

/**
 * Opens stored files for those who hold a grant: inside the storages of its contact center, of the length that was pinned,
 * and, where a content tree was, with every byte checked.
 */
export class PinnedStorage {
  constructor(
    private readonly storages: Pick<GrantedStorages, 'locate'>,
    private readonly verifyContent: boolean,
  ) {}

  needsTree({ content }: PlaybackGrant): boolean {
    return this.verifyContent && content?.root !== undefined;
  }

  /**
   * Judges the grant without asking the storage: what is refused here costs nobody anything.
   * @param leaves of the content tree, as far as the gateway sent them.
   * @param handed the storage that the grant names, if it names one.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED; RCS_CONTENT_TREE_NEEDED without leaves where the grant names a root,
   * RCS_INVALID_VALUE for leaves of another one.
   */
  locate(grant: PlaybackGrant, leaves: SentTree | undefined, handed?: HandedStorage): PinnedFile {
    const place = this.storages.locate(grant, handed);
    if (leaves === undefined && this.needsTree(grant)) throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    const { length, root } = grant.content ?? {};
    if (!this.verifyContent || length === undefined || root === undefined || leaves === undefined)
      return { require: () => undefined, open: (hint, signal) => openUnchecked(place, length, hint, signal) };
    const known = new KnownLeaves({ length, root, leaves });
    return {
      require: hint => requireEnds(known, hint),
      open: (hint, signal) => openChecked(place, known, hint, signal),
    };
  }
}

/** A place where a pinned file lies, or should. */
export interface PinnedFile {
  /** @throws MissingPartsError unless what `open` reads can be checked: known before anything is asked of anybody */
  require(hint: OpenHint): void;
  /** @throws RcsError RCS_CONTENT_CHANGED for a file that is not the pinned one, RCS_STORAGE_*; as `require` */
  open(hint: OpenHint, signal: AbortSignal): Promise<StoredContent>;
}

async function openUnchecked(
  { storages, location }: SetPlace,
  length: number | undefined,
  hint: OpenHint,
  signal: AbortSignal,
): Promise<StoredContent> {
  const stored = await storages.open(location, hint, signal);
  if (length !== undefined) checkLength(stored, length);
  const anyMedia = storages.plainMediaOf(location) === 'any';
  return { stored, source: stored, anyMedia, treeBytes: 0, opened: () => undefined };
}

async function openChecked(
  { storages, location }: SetPlace,
  known: KnownLeaves,
  hint: OpenHint,
  signal: AbortSignal,
): Promise<StoredContent> {
  requireEnds(known, hint);
  const stored = await storages.open(location, wholeBlocks(hint, known.length), signal);
  const source = new VerifiedSource(stored, known);
  const anyMedia = storages.plainMediaOf(location) === 'any';
  const treeBytes = leafCount(known.length) * contentTreeHashBytes;
  return { stored, source, anyMedia, tree: source, treeBytes, opened: () => source.opened() };
}

function requireEnds(known: KnownLeaves, hint: OpenHint): void {
  const { head = 0, tail = 0 } = wholeBlocks(hint, known.length);
  known.require([0, head], [known.length - tail, known.length]);
}

/** The ends that are wanted, with all of the blocks they lie in: less cannot be verified. */
function wholeBlocks({ head = 0, tail = 0 }: OpenHint, length: number): OpenHint {
  const headEnd = Math.min(length, Math.ceil(head / contentTreeBlockBytes) * contentTreeBlockBytes);
  const tailStart = Math.floor(Math.max(0, length - tail) / contentTreeBlockBytes) * contentTreeBlockBytes;
  return {
    ...(head > 0 ? { head: headEnd } : {}),
    ...(tail > 0 && (head === 0 || tailStart >= headEnd) ? { tail: length - tailStart } : {}),
  };
}
