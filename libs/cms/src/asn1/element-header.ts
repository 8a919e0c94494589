import { CmsError } from '../cms-error.js';

/** Identifier octets that CMS uses, with class and constructed bit (X.690, 8.1.2). */
export const Tag = {
  endOfContents: 0x00,
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  constructedOctetString: 0x24,
  sequence: 0x30,
  set: 0x31,
  /** `[n]` around a primitive value, IMPLICIT. */
  contextPrimitive: (n: number): number => 0x80 | n,
  /** `[n]` EXPLICIT, or IMPLICIT around a constructed value. */
  contextConstructed: (n: number): number => 0xa0 | n,
} as const;

const constructedBit = 0x20;
const lowTagMask = 0x1f;

/** Identifier and length octets of an element (X.690, 8.1.2 and 8.1.3). */
export interface ElementHeader {
  /** First identifier octet. */
  readonly tag: number;
  readonly constructed: boolean;
  /** Offset of the identifier octet. */
  readonly offset: number;
  /** Offset of the first content octet. */
  readonly contentOffset: number;
  /** Offset behind the last content octet; undefined for the indefinite form. */
  readonly end: number | undefined;
}

/**
 * Reads the header at index `index` of `bytes`; offsets in the result and in errors are index + `base`.
 * @returns undefined when the bytes end within the header.
 * @throws CmsError CMS_MALFORMED for forms that BER forbids, CMS_LIMIT_EXCEEDED for lengths of 2^53 and more.
 */
export function readElementHeader(bytes: Buffer, index: number, base: number): ElementHeader | undefined {
  const tag = bytes[index];
  if (tag === undefined) return undefined;
  const lengthIndex = (tag & lowTagMask) === lowTagMask ? endOfLongTag(bytes, index + 1, base) : index + 1;
  const first = lengthIndex === undefined ? undefined : bytes[lengthIndex];
  if (lengthIndex === undefined || first === undefined) return undefined;

  const offset = base + index;
  const constructed = (tag & constructedBit) !== 0;
  if (first < 0x80) {
    const contentOffset = base + lengthIndex + 1;
    return { tag, constructed, offset, contentOffset, end: contentOffset + first };
  }
  if (first === 0x80) {
    if (!constructed) throw malformedLength('a primitive element has an indefinite length', base + lengthIndex);
    return { tag, constructed, offset, contentOffset: base + lengthIndex + 1, end: undefined };
  }
  if (first === 0xff) throw malformedLength('the length octet is the reserved value 255', base + lengthIndex);
  const count = first & 0x7f;
  if (count > maximumLengthOctets) throw oversizedLength(count, base + lengthIndex);
  if (lengthIndex + count >= bytes.length) return undefined;
  const contentOffset = base + lengthIndex + 1 + count;
  const end = contentOffset + longLength(bytes, lengthIndex + 1, count);
  if (!Number.isSafeInteger(end)) throw oversizedLength(count, base + lengthIndex);
  return { tag, constructed, offset, contentOffset, end };
}

/** The longest header `readElementHeader` accepts. */
export const maximumHeaderBytes = 16;

const maximumLengthOctets = 8;
const maximumTagOctets = 4;

function endOfLongTag(bytes: Buffer, index: number, base: number): number | undefined {
  for (let count = 0; count < maximumTagOctets; count++) {
    const octet = bytes[index + count];
    if (octet === undefined) return undefined;
    if (octet < 0x80) return index + count + 1;
  }
  throw new CmsError('CMS_LIMIT_EXCEEDED', 'a tag number is longer than four octets', { offset: base + index });
}

function longLength(bytes: Buffer, index: number, count: number): number {
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[index + i] ?? 0);
  return length;
}

function malformedLength(message: string, offset: number): CmsError {
  return new CmsError('CMS_MALFORMED', message, { offset, expected: 'a length octet of X.690, 8.1.3' });
}

function oversizedLength(count: number, offset: number): CmsError {
  const message = `a length of ${count} octets is beyond any file`;
  return new CmsError('CMS_LIMIT_EXCEEDED', message, { offset, expected: 'a length below 2^53' });
}
