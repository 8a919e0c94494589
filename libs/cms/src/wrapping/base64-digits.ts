import { CmsError } from '../cms-error.js';
import type { Wrapper } from './wrapper.js';

/** Base64 digits with the padding that may end them, in one line. */
export const paddedDigits = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes whole groups of four digits without white space.
 * @param offset of the first digit in the stored text, for errors.
 * @throws CmsError CMS_MALFORMED for anything else; node:buffer would pass over it.
 */
export function decodeDigits(digits: string, offset: number): Buffer {
  if (digits.length % 4 !== 0) {
    throw new CmsError('CMS_TRUNCATED', 'the base64 text ends within a group', { offset, expected: 'four digits' });
  }
  if (!paddedDigits.test(digits)) {
    throw new CmsError('CMS_MALFORMED', 'the text is no base64', { offset, expected: 'base64 digits' });
  }
  return Buffer.from(digits, 'base64');
}

/** The digits of a wrapped text, without white space and without what stands behind them. */
export function digitsOf(text: string, { kind, bodyOffset }: Wrapper): string {
  const body = text.slice(bodyOffset);
  // Of a run without bound the engine remembers each place, and gives up after some millions.
  return body.slice(0, endOf(body, kind)).replace(/[\r\n\t ]{1,1000}/g, '');
}

function endOf(body: string, kind: Wrapper['kind']): number {
  if (kind === 'base64') return body.length;
  const end = body.search(kind === 'pem' ? /-----END / : /(?<=\S)[ \t]{0,80}\r?\n[ \t]{0,80}\r?\n|\r\r|[\r\n]--/);
  return end === -1 ? body.length : end;
}
