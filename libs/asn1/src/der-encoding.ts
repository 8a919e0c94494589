/** Encodes one element (X.690) with a definite length. */
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
