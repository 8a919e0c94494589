import type { ByteSource } from '#cms';
import type { HandedStorage } from '#contracts';
import type { PlaybackGrant } from '#grants';
import {
  checkLength,
  contentTreeBlockBytes,
  VerifiedSource,
  type SetPlace,
  type OpenHint,
  type StoredObject,
} from '#media-storage';
import { RcsError } from '#platform';
import type { GrantedStorages } from './granted-storages.js';

/** A stored file as the grant pins it. */
export interface StoredContent {
  readonly stored: StoredObject;
  /** Its bytes, checked against the content tree where there is one. */
  readonly source: ByteSource;
  /** Whether the storage lets any media play, recognised or not. */
  readonly anyMedia: boolean;
  /** Memory that the leaves of the tree take. */
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
   * @param leaves of the content tree, if the gateway sent them.
   * @param handed the storage that the grant names, if it names one.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED; RCS_CONTENT_TREE_NEEDED without leaves where the grant names a root.
   */
  locate(grant: PlaybackGrant, leaves: Buffer | undefined, handed?: HandedStorage): PinnedFile {
    const place = this.storages.locate(grant, handed);
    if (leaves === undefined && this.needsTree(grant)) throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    return { open: (hint, signal) => this.open(grant, place, leaves, hint, signal) };
  }

  private async open(
    grant: PlaybackGrant,
    { storages, location }: SetPlace,
    leaves: Buffer | undefined,
    hint: OpenHint,
    signal: AbortSignal,
  ): Promise<StoredContent> {
    const anyMedia = storages.plainMediaOf(location) === 'any';
    const { length, root } = grant.content ?? {};
    if (!this.verifyContent || length === undefined || root === undefined || leaves === undefined) {
      const stored = await storages.open(location, hint, signal);
      if (length !== undefined) checkLength(stored, length);
      return { stored, source: stored, anyMedia, treeBytes: 0, opened: () => undefined };
    }
    const stored = await storages.open(location, wholeBlocks(hint, length), signal);
    const source = new VerifiedSource(stored, { length, root, leaves });
    return { stored, source, anyMedia, treeBytes: leaves.length, opened: () => source.opened() };
  }
}

/** A place where a pinned file lies, or should. */
export interface PinnedFile {
  /** @throws RcsError RCS_CONTENT_CHANGED for a file that is not the pinned one, RCS_STORAGE_* */
  open(hint: OpenHint, signal: AbortSignal): Promise<StoredContent>;
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
