import { RcsError } from '#platform';
import { contentTreeHashBytes, leafCount, rootOfHashes } from './content-tree.js';
import { MissingPartsError } from './missing-parts-error.js';
import { leavesOfPart, partCount, partsOfRange, placeOfPart, type ContentTreeParts } from './tree-parts.js';

/** What is pinned of a stored file. */
export interface PinnedContent {
  readonly length: number;
  /** Lower-case hexadecimal. */
  readonly root: string;
  /** What is known of the leaves below it, 32 bytes for every 64 KiB: all of them, or those of some parts. */
  readonly leaves: Buffer | ContentTreeParts;
}

/** The leaves of a content tree as far as they were sent; each was proved by the pinned root before it counts. */
export class KnownLeaves {
  /** Of the stored file, in bytes. */
  readonly length: number;
  private readonly root: string;
  /** Of the parts; absent where all leaves came at once. */
  private readonly roots: Buffer | undefined;
  private parts: (Buffer | undefined)[];

  /** @throws RcsError RCS_INVALID_VALUE for leaves of another tree. */
  constructor({ length, root, leaves }: PinnedContent) {
    this.length = length;
    this.root = root;
    this.parts = new Array<undefined>(partCount(length)).fill(undefined);
    if (Buffer.isBuffer(leaves)) {
      this.roots = undefined;
    } else {
      if (leaves.roots.length !== this.parts.length * contentTreeHashBytes || !isRoot(leaves.roots, root))
        throw ofAnotherTree();
      this.roots = leaves.roots;
    }
    this.learn(leaves);
  }

  /** Takes what was sent later. @throws RcsError RCS_INVALID_VALUE for leaves of another tree; they change nothing. */
  learn(leaves: PinnedContent['leaves']): void {
    if (!Buffer.isBuffer(leaves)) return this.learnParts(leaves);
    if (this.length > 0 && !this.parts.includes(undefined)) return;
    if (leaves.length !== leafCount(this.length) * contentTreeHashBytes || !isRoot(leaves, this.root))
      throw ofAnotherTree();
    this.parts = this.parts.map((_, part) => {
      const { start, end } = placeOfPart(part, this.length);
      return leaves.subarray(start, end);
    });
  }

  /** @throws MissingPartsError unless all leaves of these bytes [start, end) of the stored file are known. */
  require(...ranges: readonly (readonly [start: number, end: number])[]): void {
    const wanted = new Set(ranges.flatMap(([start, end]) => partsOfRange(start, end)));
    const missing = [...wanted].filter(part => this.parts[part] === undefined);
    if (missing.length > 0) throw new MissingPartsError(missing);
  }

  /** @throws MissingPartsError unless all of the tree is known. */
  requireAll(): void {
    if (this.parts.includes(undefined)) throw new MissingPartsError('all');
  }

  /** @throws RcsError RCS_CONTENT_CHANGED unless this is the leaf of the block. */
  check(block: number, leaf: Buffer): void {
    const part = Math.floor(block / leavesOfPart);
    const leaves = this.parts[part];
    if (leaves === undefined) throw new MissingPartsError([part]);
    const offset = (block % leavesOfPart) * contentTreeHashBytes;
    if (leaf.compare(leaves, offset, offset + contentTreeHashBytes) === 0) return;
    throw new RcsError('RCS_CONTENT_CHANGED', `block ${block} of the stored file is not the one that was recorded`);
  }

  private learnParts({ leaves }: ContentTreeParts): void {
    const proved = [...leaves].filter(([part]) => this.parts[part] === undefined);
    for (const [part, found] of proved) {
      const { start, end } = placeOfPart(part, this.length);
      const root = this.roots?.subarray(part * contentTreeHashBytes, (part + 1) * contentTreeHashBytes);
      const fits = part < this.parts.length && found.length === end - start;
      if (!fits || root === undefined || !rootOfHashes(found).equals(root)) throw ofAnotherTree();
    }
    for (const [part, found] of proved) this.parts[part] = found;
  }
}

const isRoot = (hashes: Buffer, root: string): boolean => rootOfHashes(hashes).toString('hex') === root;

const ofAnotherTree = (): RcsError =>
  new RcsError('RCS_INVALID_VALUE', 'the leaves that were sent are not those of the pinned content tree');
