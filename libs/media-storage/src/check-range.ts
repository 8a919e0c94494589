/** @throws RangeError unless 0 <= start <= end <= size. */
export function checkRange(start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= size) return;
  throw new RangeError(`bytes ${start} to ${end} are not inside a file of ${size} bytes`);
}
