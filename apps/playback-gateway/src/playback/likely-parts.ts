import { isSentInParts, partCount, partsOfRange } from '#media-storage';
import type { RelayRequest } from './relay-request.js';

/** Parts of a content tree: bit n stands for part n. */
export type PartSet = bigint;

/** All parts that there may be. */
export const everyPart: PartSet = -1n;

/** A worker sends so many times the window where hardly more is left. */
const hardlyMore = 1.5;
/** What may lie before media in a stored file, and the block that is read with it, bytes. */
const around = 64 * 1024;

/** A window of a body. */
export interface BodyWindow {
  /** Of its first byte in the body. */
  readonly offset: number;
  /** How much is asked for, in bytes; 0 where only the head of an answer is. */
  readonly bytes: number;
}

/** What a worker needs of a tree. */
export interface LikelyParts {
  readonly window: PartSet;
  /** To open the file: envelope, end, and what proves the key. */
  readonly ends: PartSet;
}

/**
 * Which parts a worker needs for a window. Only workers know where media lies in its stored file, and read Range fields as
 * the standard says: a worker that needs others says so.
 * @returns undefined where the whole tree is to be sent.
 */
export function likelyParts({ media, grant }: RelayRequest, window: BodyWindow): LikelyParts | undefined {
  const { content, layout } = grant;
  if (content?.root === undefined || !isSentInParts(content.length)) return undefined;
  const { length } = content;
  const ends = layout === 'plain' ? [] : [0, partCount(length) - 1];
  if (window.bytes === 0) return { window: 0n, ends: partSet(ends) };
  const first = firstByte(media.range, length);
  if (first === undefined) return undefined;
  const start = Math.min(first + window.offset, length);
  const end = Math.min(length, start + window.bytes * hardlyMore + around);
  return { window: partSet(partsOfRange(start, Math.min(end, lastByte(media.range) + around))), ends: partSet(ends) };
}

export const partSet = (parts: readonly number[]): PartSet =>
  parts.reduce((set, part) => set | (1n << BigInt(part)), 0n);

export function partsIn(set: PartSet): number[] {
  const parts: number[] = [];
  for (let part = 0, rest = set; rest > 0n; part++, rest >>= 1n) if ((rest & 1n) === 1n) parts.push(part);
  return parts;
}

/** Of the first range; undefined where there are several. */
function firstByte(range: string | undefined, length: number): number | undefined {
  if (range?.includes(',') === true) return undefined;
  const { start = '', last = '' } = oneRange.exec(range ?? '')?.groups ?? {};
  if (start !== '') return Number(start);
  return last === '' ? 0 : Math.max(0, length - Number(last));
}

function lastByte(range: string | undefined): number {
  const { start = '', last = '' } = oneRange.exec(range ?? '')?.groups ?? {};
  return start === '' || last === '' ? Infinity : Number(last) + 1;
}

const oneRange = /^\s*bytes\s*=\s*(?<start>\d*)\s*-\s*(?<last>\d*)\s*$/i;
