import { AnswerError } from './answer-head.js';

/** More than any worker sends, and as much as Node takes. */
const maximumHeadBytes = 16 * 1024;
const end = '\r\n\r\n';
const beginning = 'HTTP/1.1 ';
const nothing = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A head as it comes, in any pieces. It looks at nothing but the bytes of this answer. */
export class HeadBytes {
  private held: Buffer = nothing;

  /**
   * @param came what of the answer came next
   * @returns the head, and the bytes behind it; undefined while its end has not come
   * @throws AnswerError for one that is too long, and for what cannot become one any more
   */
  add(came: Buffer): { readonly text: string; readonly rest: Buffer } | undefined {
    const from = Math.max(0, this.held.length - end.length + 1);
    this.held = this.held.length === 0 ? came : Buffer.concat([this.held, came]);
    const at = this.held.indexOf(end, from, 'latin1');
    if ((at < 0 ? this.held.length : at) > maximumHeadBytes) throw new AnswerError('the head of an answer is too long');
    if (at < 0) {
      this.mustBecomeOne();
      return undefined;
    }
    const text = this.held.toString('latin1', 0, at);
    const rest = this.held.subarray(at + end.length);
    this.held = nothing;
    return { text, rest };
  }

  /** Whoever waited for the rest of something else would wait for ever. */
  private mustBecomeOne(): void {
    const { held } = this;
    const begun = held.toString('latin1', 0, beginning.length);
    if (!beginning.startsWith(begun)) throw new AnswerError('what came is no answer of HTTP/1.1');
    for (let at = held.indexOf(lineFeed); at >= 0; at = held.indexOf(lineFeed, at + 1))
      if (held[at - 1] !== carriageReturn) throw new AnswerError('a line of the head ends without a return');
  }
}
