/** DER for the tests alone (X.690), so that they do not lean on the libraries they test. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value]);
}

/** BER with indefinite length. */
export function indefinite(tag: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts);
export const octets = (value: Buffer): Buffer => der(0x04, value);
export const nothing = der(0x05);
export const small = (value: number): Buffer => integer(Buffer.from([value]));

/** A positive INTEGER from its big-endian bytes. */
export function integer(value: Buffer): Buffer {
  const first = value.findIndex(byte => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : value.subarray(first);
  return der(0x02, digits[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) digits.unshift(left & 0xff);
  return Buffer.from([0x80 + digits.length, ...digits]);
}
