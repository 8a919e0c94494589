import type { AuditRecord } from '#store';

/** Bytes of the plaintext of a media file, both ends with them. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a record says of how much its listener got, and of how long the media file is. */
export interface HeardPart {
  readonly ranges: readonly ByteRange[];
  readonly length?: number;
}

const contentRangeForm = /^bytes (\d+)-(\d+)\/(\d+)$/;
const rangeForm = /^\s*bytes\s*=(.*)$/i;

/**
 * What a record of the end of a playback says. Records of before there was `contentRange`, and of several ranges at once,
 * have the asked ranges and the number of bytes: of several all count that were asked for.
 * @param knownLength where the record does not say it
 */
export function heardPart(
  { contentRange, range, bytes }: Pick<AuditRecord, 'contentRange' | 'range' | 'bytes'>,
  knownLength: number | undefined,
): HeardPart {
  if (bytes === undefined || bytes === 0) return { ranges: [] };
  const said = contentRangeForm.exec(contentRange ?? '');
  if (said !== null) {
    const [first, last, length] = said.slice(1).map(Number) as [number, number, number];
    return { ranges: [{ first, last }], length };
  }
  const asked = rangeForm.exec(range ?? '')?.[1]?.split(',') ?? ['0-'];
  if (asked.length > 1) return { ranges: asked.flatMap(one => askedRange(one, knownLength)) };
  // Where an open range ends does not matter here.
  const [begun] = askedRange((asked[0] ?? '').replace(/-\s*$/, `-${Number.MAX_SAFE_INTEGER}`), knownLength);
  return { ranges: begun === undefined ? [] : [{ first: begun.first, last: begun.first + bytes - 1 }] };
}

/** One range as it was asked for; none where it cannot be told which bytes it meant. */
function askedRange(text: string, length: number | undefined): readonly ByteRange[] {
  const [, first = '', last = ''] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(text) ?? [];
  if (first === '' && last === '') return [];
  const end = length === undefined ? undefined : length - 1;
  if (first === '') {
    return end === undefined ? [] : [{ first: Math.max(0, end + 1 - Number(last)), last: end }];
  }
  const until = last === '' ? end : Math.min(Number(last), end ?? Number.MAX_SAFE_INTEGER);
  return until === undefined || until < Number(first) ? [] : [{ first: Number(first), last: until }];
}

/** Collects ranges, and merges them now and then: a listener may have asked for many thousands of them. */
export class HeardRanges {
  private collected: ByteRange[] = [];
  private mergeAt = 64;

  add(ranges: readonly ByteRange[]): void {
    this.collected.push(...ranges);
    if (this.collected.length < this.mergeAt) return;
    this.collected = [...merged(this.collected)];
    this.mergeAt = 64 + 2 * this.collected.length;
  }

  all(): readonly ByteRange[] {
    return merged(this.collected);
  }
}

/** Sorted and merged: ranges that touch are one. */
export function merged(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((one, other) => one.first - other.first)) {
    const before = result.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else result.push({ first, last });
  }
  return result;
}
