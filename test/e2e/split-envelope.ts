/**
 * Splits a DER EnvelopedData that openssl wrote into what a recorder keeps: the envelope without its content, and the raw
 * ciphertext. Written for the tests alone, so that the tests do not lean on the library they test.
 */
export function splitEnvelope(der: Buffer): { envelope: Buffer; ciphertext: Buffer } {
  const contentInfo = children(only(der));
  const [contentType, explicit] = contentInfo;
  const enveloped = children(only(explicit!.value));
  const info = enveloped.find((element, index) => index >= 2 && element.tag === 0x30)!;
  const infoChildren = children(info);
  const content = infoChildren.find(element => element.tag === 0x80)!;
  const strippedInfo = encode(
    0x30,
    infoChildren.filter(element => element !== content).map(element => element.raw),
  );
  const strippedEnveloped = encode(
    0x30,
    enveloped.map(element => (element === info ? strippedInfo : element.raw)),
  );
  const envelope = encode(0x30, [contentType!.raw, encode(0xa0, [strippedEnveloped])]);
  return { envelope, ciphertext: content.value };
}

interface Element {
  readonly tag: number;
  readonly value: Buffer;
  readonly raw: Buffer;
}

const only = (bytes: Buffer): Element => read(bytes, 0).element;

function children(element: Element): Element[] {
  const found: Element[] = [];
  for (let offset = 0; offset < element.value.length;) {
    const { element: child, end } = read(element.value, offset);
    found.push(child);
    offset = end;
  }
  return found;
}

function read(bytes: Buffer, start: number): { element: Element; end: number } {
  const first = bytes[start + 1]!;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(start + 2, lengthBytes);
  const from = start + 2 + lengthBytes;
  const end = from + length;
  return { element: { tag: bytes[start]!, value: bytes.subarray(from, end), raw: bytes.subarray(start, end) }, end };
}

function encode(tag: number, parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const header = value.length < 0x80 ? Buffer.from([tag, value.length]) : longHeader(tag, value.length);
  return Buffer.concat([header, value]);
}

function longHeader(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt32BE(length, 2);
  const used = bytes.subarray(2).findIndex(byte => byte !== 0);
  const digits = bytes.subarray(2 + used);
  return Buffer.concat([Buffer.from([tag, 0x80 + digits.length]), digits]);
}
