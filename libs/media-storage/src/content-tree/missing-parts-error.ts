import { RcsError } from '#platform';

/** Bytes are wanted whose leaves nobody has sent: nothing of them is read before. */
export class MissingPartsError extends RcsError {
  /** @param parts by their numbers, or `all` where the whole tree is needed. */
  constructor(readonly parts: readonly number[] | 'all') {
    super('RCS_CONTENT_TREE_NEEDED', `of the content tree ${parts === 'all' ? 'all' : parts.join(', ')} is needed`);
  }
}
