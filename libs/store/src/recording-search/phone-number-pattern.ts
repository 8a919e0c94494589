/** Letters and digits alone, which phone numbers are compared by, in their case (Genesys Call Recording API). */
export const alphanumeric = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/** What is asked for of a phone number: the pieces between its `*`, letters and digits alone. */
export class PhoneNumberPattern {
  private readonly pieces: readonly string[];

  constructor(pattern: string) {
    this.pieces = pattern.split('*').map(alphanumeric);
  }

  /** The whole number, where no `*` stands in the pattern. */
  get exact(): string | undefined {
    return this.pieces.length === 1 ? this.pieces[0] : undefined;
  }

  /** What every number begins with that is meant; may be empty. */
  get prefix(): string {
    return this.pieces[0] ?? '';
  }

  /**
   * Piece by piece, so that no pattern takes longer than its length times that of the number.
   * @param number letters and digits alone
   */
  matches(number: string): boolean {
    if (this.exact !== undefined) return number === this.exact;
    const last = this.pieces.at(-1) ?? '';
    if (!number.startsWith(this.prefix) || number.length < this.prefix.length + last.length) return false;
    if (!number.endsWith(last)) return false;
    const end = number.length - last.length;
    let from = this.prefix.length;
    for (const piece of this.pieces.slice(1, -1)) {
      const at = number.indexOf(piece, from);
      if (at === -1 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  }
}
