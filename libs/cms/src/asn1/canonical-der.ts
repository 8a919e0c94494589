import { CmsError } from '../cms-error.js';
import { encodeElement } from './der-encoder.js';
import { maximumDepth } from './ber-reader.js';
import { readElementHeader } from './element-header.js';

/**
 * The element with definite lengths of minimal size throughout, as DER wants them, so that equal names compare equal
 * whatever form their writer chose. Always a copy.
 * @param bytes exactly one well-formed element.
 */
export function toDefiniteLengths(bytes: Buffer): Buffer {
  const { der, next } = rewrite(bytes, 0, 0);
  if (next !== bytes.length) throw new CmsError('CMS_MALFORMED', 'bytes follow the element', { offset: next });
  return der;
}

function rewrite(bytes: Buffer, index: number, depth: number): { readonly der: Buffer; readonly next: number } {
  const header = readElementHeader(bytes, index, 0);
  if (header === undefined || (header.end ?? 0) > bytes.length) {
    throw new CmsError('CMS_TRUNCATED', 'an element ends too soon', { offset: index });
  }
  if (depth > maximumDepth) {
    throw new CmsError('CMS_LIMIT_EXCEEDED', 'elements are nested too deeply', { offset: index });
  }
  const { tag, contentOffset, end } = header;
  if ((tag & 0x1f) === 0x1f) {
    throw new CmsError('CMS_UNSUPPORTED', 'a tag number above 30', { offset: index });
  }
  if (!header.constructed) {
    return { der: encodeElement(tag, bytes.subarray(contentOffset, end)), next: end ?? contentOffset };
  }
  const children: Buffer[] = [];
  let position = contentOffset;
  while (!isAtEnd(bytes, position, end)) {
    const child = rewrite(bytes, position, depth + 1);
    children.push(child.der);
    position = child.next;
  }
  return { der: encodeElement(tag, ...children), next: end ?? position + 2 };
}

function isAtEnd(bytes: Buffer, position: number, end: number | undefined): boolean {
  if (end !== undefined) return position >= end;
  return bytes[position] === 0 && bytes[position + 1] === 0;
}
