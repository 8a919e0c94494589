import { contentTreeBlockBytes, contentTreeHashBytes, leafCount, rootOfHashes } from './content-tree.js';

/** A power of two, so that the leaves of a part are those of one subtree (RFC 9162, 2.1.1). */
export const leavesOfPart = 256;

/** Bytes of the stored file below one part; the last part may be shorter. */
export const contentTreePartBytes = leavesOfPart * contentTreeBlockBytes;

/** What a range needs of a tree: each part proves itself by its root, and the roots of all parts by the root of the tree. */
export interface ContentTreeParts {
  /** The roots of all parts, one behind the other. */
  readonly roots: Buffer;
  /** The leaves of some parts, by the number of the part, counted from 0. */
  readonly leaves: ReadonlyMap<number, Buffer>;
}

/** How many parts the tree of a file of this length has. */
export const partCount = (length: number): number => Math.ceil(length / contentTreePartBytes);

/** Whether the tree of a file of this length is worth it: to open the file takes parts at both of its ends anyway. */
export const isSentInParts = (length: number): boolean => partCount(length) > 4;

/** Which bytes of the leaves of a file of this length are those of a part. */
export function placeOfPart(part: number, length: number): { readonly start: number; readonly end: number } {
  const start = part * leavesOfPart;
  const end = Math.min(start + leavesOfPart, leafCount(length));
  return { start: start * contentTreeHashBytes, end: end * contentTreeHashBytes };
}

/** The parts that bytes [start, end) of the stored file lie in. */
export function partsOfRange(start: number, end: number): number[] {
  if (start >= end) return [];
  const first = Math.floor(start / contentTreePartBytes);
  return Array.from({ length: partCount(end) - first }, (_, number) => first + number);
}

/** The roots of the parts of these leaves, one behind the other. @throws RangeError unless the leaves are whole */
export function rootsOfParts(leaves: Buffer): Buffer {
  const partLength = leavesOfPart * contentTreeHashBytes;
  const roots = Array.from({ length: Math.ceil(leaves.length / partLength) }, (_, part) =>
    rootOfHashes(leaves.subarray(part * partLength, (part + 1) * partLength)),
  );
  return Buffer.concat(roots);
}
