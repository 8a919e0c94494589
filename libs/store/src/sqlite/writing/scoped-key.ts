/**
 * Key of a row whose plain name another row has already. No name contains the control character, so it is never taken
 * for one; code that knows plain names alone works on with the row that had the name first.
 */
export function scopedKey(...parts: readonly (string | null)[]): string {
  return `\u001F${JSON.stringify(parts)}`;
}
