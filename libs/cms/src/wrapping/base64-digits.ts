import { CmsError } from '../cms-error.js';

const paddedDigits = /^[A-Za-z0-9+/]*={0,2}$/;

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

const pemEnd = /\s*(?:-----END [A-Z0-9 #]+-----[\s\S]*)?$/;

/** The digits of a wrapped text from `bodyOffset` on, without white space and the last line of PEM. */
export function digitsOf(text: string, bodyOffset: number): string {
  return text
    .slice(bodyOffset)
    .replace(pemEnd, '')
    .replace(/[\r\n\t ]+/g, '');
}
