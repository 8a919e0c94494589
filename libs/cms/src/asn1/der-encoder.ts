import { Tag } from './element-header.js';

/** Identifier and definite length octets (X.690, 10.1). */
export function encodeHeader(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([tag, 0x80 | digits.length, ...digits]);
}

export const endOfContents: Buffer = Buffer.alloc(2);

export function encodeElement(tag: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([encodeHeader(tag, length), ...content]);
}

/** An INTEGER between 0 and 127. */
export function encodeSmallInteger(value: number): Buffer {
  return Buffer.from([Tag.integer, 1, value]);
}

/** SET OF in the order DER asks for (X.690, 11.6). */
export function encodeSetOf(elements: readonly Buffer[], tag: number = Tag.set): Buffer {
  return encodeElement(tag, ...[...elements].sort((a, b) => Buffer.compare(a, b)));
}

export const encodedNull: Buffer = Buffer.from([Tag.null, 0]);
