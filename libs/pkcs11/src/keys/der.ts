/** One tag-length-value (X.690) in place. */
export interface DerElement {
  readonly tag: number;
  readonly encoded: Buffer;
  readonly content: Buffer;
}

/**
 * Splits `bytes` into the DER elements that fill it: one-octet tags and definite lengths, all that keys and certificates
 * have.
 * @throws RangeError when they do not fill it exactly.
 */
export function derElements(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const start = offset + 2 + lengthOctets(bytes, offset + 1);
    const end = start + contentLength(bytes, offset + 1);
    if (end > bytes.length) throw new RangeError('an element reaches beyond its container');
    const tag = bytes.readUInt8(offset);
    elements.push({ tag, encoded: bytes.subarray(offset, end), content: bytes.subarray(start, end) });
    offset = end;
  }
  return elements;
}

/** Octets of the length after the first one. */
function lengthOctets(bytes: Buffer, offset: number): number {
  const first = bytes.readUInt8(offset);
  if (first < 0x80) return 0;
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new RangeError('an indefinite or oversized length');
  return count;
}

function contentLength(bytes: Buffer, offset: number): number {
  const octets = lengthOctets(bytes, offset);
  return octets === 0 ? bytes.readUInt8(offset) : bytes.readUIntBE(offset + 1, octets);
}

/** Encodes one element. */
export function derEncode(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const significant = length.subarray(length.findIndex(octet => octet !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | significant.length), significant, body]);
}

/** The content of an INTEGER for an unsigned big-endian number. */
export function unsignedInteger(value: Buffer): Buffer {
  const first = value.findIndex(octet => octet !== 0);
  const significant = first === -1 ? Buffer.of(0) : value.subarray(first);
  return (significant[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), significant]) : significant;
}
