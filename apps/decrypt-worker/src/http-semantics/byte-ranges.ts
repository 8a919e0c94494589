/** A range of bytes, `end` exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type RangeResult =
  /** No Range, another unit, or a syntax we must ignore: answer 200. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'ranges'; readonly ranges: readonly ByteRange[] }
  /** 416 */
  | { readonly kind: 'unsatisfiable' };

/** More ranges than any player needs; RFC 9110, 14.2 allows to ignore such a header. */
const maximumRanges = 16;
const whole: RangeResult = { kind: 'whole' };

/**
 * Evaluates a Range header field for a representation of `length` bytes (RFC 9110, 14.1.2 and 14.2). A header that is
 * not valid is ignored. Overlapping or descending sets of ranges, which cost much and serve no player, are too.
 */
export function evaluateRange(header: string | undefined, length: number): RangeResult {
  const match = /^bytes[ \t]*=(.*)$/i.exec(header ?? '');
  if (match?.[1] === undefined) return whole;
  const specs = match[1]
    .split(',')
    .map(spec => spec.trim())
    .filter(spec => spec !== '');
  if (specs.length === 0 || specs.length > maximumRanges) return whole;
  const satisfiable: ByteRange[] = [];
  for (const spec of specs) {
    const range = evaluateSpec(spec, length);
    if (range === 'invalid') return whole;
    if (range !== 'unsatisfiable') satisfiable.push(range);
  }
  if (satisfiable.length === 0) return { kind: 'unsatisfiable' };
  const ascending = satisfiable.every((range, index) => range.start >= (satisfiable[index - 1]?.end ?? 0));
  return ascending ? { kind: 'ranges', ranges: satisfiable } : whole;
}

function evaluateSpec(spec: string, length: number): ByteRange | 'unsatisfiable' | 'invalid' {
  const match = /^(\d*)-(\d*)$/.exec(spec);
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (first === '' && last === '') return 'invalid';
  if (first === '') {
    const suffix = Number(last);
    if (suffix === 0) return 'unsatisfiable';
    // Satisfiable by definition (14.1.2), yet Content-Range has no form for no bytes: the header is ignored.
    if (length === 0) return 'invalid';
    return { start: Math.max(0, length - suffix), end: length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'invalid';
  if (start >= length) return 'unsatisfiable';
  return { start, end: last === '' ? length : Math.min(length, Number(last) + 1) };
}

/** The value of Content-Range for one range (RFC 9110, 14.4). */
export function contentRange(range: ByteRange, length: number): string {
  return `bytes ${range.start}-${range.end - 1}/${length}`;
}
