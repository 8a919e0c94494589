import { readBerElements, readFirstBerElement } from './ber-element.js';
import { DerTag, type DerElement } from '#asn1';

const objectIdentifierTag = 0x06;
const largestIntegerOctets = 4;

/** AlgorithmIdentifier (RFC 5280, 4.1.1.2). */
export interface AlgorithmIdentifier {
  /** Dotted. */
  readonly algorithm: string;
  readonly parameters: DerElement | undefined;
}

/** The elements of a SEQUENCE. @throws RangeError when the element is something else. */
export function readSequence(element: DerElement | undefined, name: string): DerElement[] {
  if (element?.tag !== DerTag.sequence) throw new RangeError(`${name} is no SEQUENCE`);
  return readBerElements(element.content);
}

/** The one element that fills `bytes`, a SEQUENCE, opened. @throws RangeError */
export function readWholeSequence(bytes: Buffer, name: string): DerElement[] {
  const [element, ...rest] = readBerElements(bytes);
  if (rest.length > 0) throw new RangeError(`there is something behind ${name}`);
  return readSequence(element, name);
}

/**
 * The SEQUENCE that a file begins with, opened. Line ends, zeros and whatever else transfers and editors leave behind the
 * outermost element do not matter: it says itself where it ends. @throws RangeError
 */
export function readSequenceOfFile(file: Buffer, name: string): DerElement[] {
  return readSequence(readFirstBerElement(file), name);
}

/** A non-negative INTEGER below 2^32. @throws RangeError */
export function readSmallInteger(element: DerElement | undefined, name: string): number {
  if (element?.tag !== DerTag.integer || element.content.length === 0) throw new RangeError(`${name} is no INTEGER`);
  let octets = element.content;
  if ((octets[0] ?? 0) >= 0x80) throw new RangeError(`${name} is negative`);
  while (octets.length > 1 && octets[0] === 0) octets = octets.subarray(1);
  if (octets.length > largestIntegerOctets) throw new RangeError(`${name} is too large`);
  return octets.readUIntBE(0, octets.length);
}

/** Dotted. @throws RangeError */
export function readObjectIdentifier(element: DerElement | undefined, name: string): string {
  if (element?.tag !== objectIdentifierTag) throw new RangeError(`${name} is no OBJECT IDENTIFIER`);
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of element.content) {
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new RangeError(`${name} has too large an arc`);
    if (octet >= 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  if (arcs.length === 0 || (element.content.at(-1) ?? 0) >= 0x80) throw new RangeError(`${name} is cut off`);
  return arcs.join('.');
}

/** @throws RangeError */
export function readAlgorithmIdentifier(element: DerElement | undefined, name: string): AlgorithmIdentifier {
  const [algorithm, parameters] = readSequence(element, name);
  return { algorithm: readObjectIdentifier(algorithm, name), parameters };
}
