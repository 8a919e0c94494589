/** Bytes of a part, `end` exclusive. */
export interface PartRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range field asks for (RFC 9110, 14.2): one range is answered; several, another unit and what is no range mean the
 * whole, as if it was not there.
 * @param length of the part, at least one byte
 * @returns undefined for the whole
 */
export function partRangeOf(field: string | undefined, length: number): PartRange | 'unsatisfiable' | undefined {
  const match = /^bytes[ \t]*=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(field ?? '');
  if (match === null) return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') {
    if (last === '') return undefined;
    const suffix = Number(last);
    return suffix === 0 ? 'unsatisfiable' : { start: Math.max(0, length - suffix), end: length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= length) return 'unsatisfiable';
  return { start, end: last === '' ? length : Math.min(length, Number(last) + 1) };
}
