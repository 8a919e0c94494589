/** Tags used by X.509, with the constructed bit where it is always set. */
export const DerTag = { integer: 0x02, bitString: 0x03, sequence: 0x30, version: 0xa0 } as const;

/** One tag-length-value of X.690, in place: nothing is copied. */
export interface DerElement {
  readonly tag: number;
  /** Tag, length and content. */
  readonly encoded: Buffer;
  readonly content: Buffer;
}

/**
 * Reads the elements that fill `bytes`. Only what X.509 needs: one-octet tags and definite lengths.
 * @throws RangeError when the bytes are not a sequence of whole DER elements.
 */
export function readDerElements(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const element = readDerElement(bytes, offset);
    elements.push(element);
    offset += element.encoded.length;
  }
  return elements;
}

function readDerElement(bytes: Buffer, offset: number): DerElement {
  const tag = bytes.readUInt8(offset);
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of several octets');
  const { length, octets } = readLength(bytes, offset + 1);
  const start = offset + 1 + octets;
  const end = start + length;
  if (end > bytes.length) throw new RangeError('an element reaches beyond its container');
  return { tag, encoded: bytes.subarray(offset, end), content: bytes.subarray(start, end) };
}

/** Length octets (X.690, 8.1.3). */
function readLength(bytes: Buffer, offset: number): { length: number; octets: number } {
  const first = bytes.readUInt8(offset);
  if (first < 0x80) return { length: first, octets: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new RangeError('an indefinite or oversized length');
  return { length: bytes.readUIntBE(offset + 1, count), octets: 1 + count };
}
