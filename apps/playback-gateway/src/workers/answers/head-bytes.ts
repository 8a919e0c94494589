import { AnswerError } from './answer-head.js';

/** More than any worker sends. */
const maximumHeadBytes = 16 * 1024;
const end = '\r\n\r\n';
const nothing = Buffer.alloc(0);

/** A head as it comes, in any pieces. It looks at nothing but the bytes of this answer. */
export class HeadBytes {
  private held: Buffer = nothing;

  /**
   * @param came what of the answer came next
   * @returns the head, and the bytes behind it; undefined while its end has not come
   * @throws AnswerError for one that is too long
   */
  add(came: Buffer): { readonly text: string; readonly rest: Buffer } | undefined {
    const from = Math.max(0, this.held.length - end.length + 1);
    this.held = this.held.length === 0 ? came : Buffer.concat([this.held, came]);
    const at = this.held.indexOf(end, from, 'latin1');
    if ((at < 0 ? this.held.length : at) > maximumHeadBytes) throw new AnswerError('the head of an answer is too long');
    if (at < 0) return undefined;
    const text = this.held.toString('latin1', 0, at);
    const rest = this.held.subarray(at + end.length);
    this.held = nothing;
    return { text, rest };
  }
}
