import type { DerElement } from '#asn1';

/** Deep enough for every key file; a hostile one must not exhaust the stack. */
const deepestNesting = 32;
const constructed = 0x20;
const endOfContents = 0x00;
const octetStringTag = 0x04;

/**
 * Reads the elements that fill `bytes`, with definite or indefinite lengths: some programs write PKCS#12 as BER.
 * @throws RangeError when the bytes are not a sequence of whole elements.
 */
export function readBerElements(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const element = readBerElement(bytes, offset, 0);
    elements.push(element);
    offset += element.encoded.length;
  }
  return elements;
}

/**
 * Reads the element that `bytes` begin with; what comes behind it is somebody else's.
 * @throws RangeError when they begin with no whole element.
 */
export function readFirstBerElement(bytes: Buffer): DerElement {
  return readBerElement(bytes, 0, 0);
}

/**
 * The octets of an OCTET STRING, also of one in segments (X.690, 8.7.3). In place where it is primitive, a copy otherwise.
 * @param tag of the primitive form; another than 0x04 where it is tagged implicitly.
 * @throws RangeError when the element is something else.
 */
export function berOctets(element: DerElement | undefined, tag = octetStringTag): Buffer {
  if (element?.tag === tag) return element.content;
  if (element?.tag !== (tag | constructed)) throw new RangeError('no OCTET STRING');
  return Buffer.concat(segments(element.content, 0));
}

function segments(content: Buffer, depth: number): Buffer[] {
  requireDepth(depth);
  return readBerElements(content).flatMap(segment => {
    if (segment.tag === octetStringTag) return [segment.content];
    if (segment.tag === (octetStringTag | constructed)) return segments(segment.content, depth + 1);
    throw new RangeError('a segment is no OCTET STRING');
  });
}

function readBerElement(bytes: Buffer, offset: number, depth: number): DerElement {
  requireDepth(depth);
  const tag = bytes.readUInt8(offset);
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of several octets');
  const first = bytes.readUInt8(offset + 1);
  if (first === 0x80) return readIndefinite(bytes, offset, tag, depth);
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (octets > 4) throw new RangeError('an oversized length');
  const start = offset + 2 + octets;
  const end = start + (octets === 0 ? first : bytes.readUIntBE(offset + 2, octets));
  if (end > bytes.length) throw new RangeError('an element reaches beyond its container');
  return { tag, encoded: bytes.subarray(offset, end), content: bytes.subarray(start, end) };
}

/** X.690, 8.1.3.6: up to the end-of-contents octets of the same level. */
function readIndefinite(bytes: Buffer, offset: number, tag: number, depth: number): DerElement {
  if ((tag & constructed) === 0) throw new RangeError('a primitive element of indefinite length');
  const start = offset + 2;
  for (let next = start; ;) {
    if (bytes.readUInt8(next) === endOfContents) {
      if (bytes.readUInt8(next + 1) !== 0) throw new RangeError('malformed end-of-contents octets');
      return { tag, encoded: bytes.subarray(offset, next + 2), content: bytes.subarray(start, next) };
    }
    next += readBerElement(bytes, next, depth + 1).encoded.length;
  }
}

function requireDepth(depth: number): void {
  if (depth > deepestNesting) throw new RangeError('elements are nested too deeply');
}
