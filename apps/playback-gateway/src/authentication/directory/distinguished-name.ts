/** A value as it stands in the text of a distinguished name (RFC 4514 section 2.4). */
export function escapeAttributeValue(value: string): string {
  return (
    value
      .replace(/["+,;<=>\\]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      .replace(/ $/, '\\ ')
      // NUL ends a text for directories written in C.
      .replace(/\u0000/g, '\\00')
  );
}
