const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Int8Array(256).fill(-1);
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
const pad = '='.charCodeAt(0);
/** Tab, line feed, vertical tab, form feed, carriage return, space: `laxpem` of RFC 7468, 3. */
const blanks = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]);

export const isBlank = (octet: number | undefined): boolean => octet !== undefined && blanks.has(octet);

/**
 * Base64 with blanks and line ends wherever they stand. Straight from octets to octets: a private key in a string could
 * not be overwritten.
 * @returns undefined when it is something else than base64, or nothing.
 */
export function decodeBase64(text: Buffer): Buffer | undefined {
  const decoded = Buffer.alloc(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let pads = 0;
  let bits = 0;
  for (const octet of text) {
    if (isBlank(octet)) continue;
    const value = values[octet] ?? -1;
    if (octet === pad) pads++;
    if (pads > 2 || (octet === pad ? digits % 4 < 2 : pads > 0 || value < 0)) return undefined;
    if (octet === pad) continue;
    bits = ((bits << 6) | value) & 0xffff;
    if (digits++ % 4 > 0) decoded[length++] = (bits >> (6 - 2 * ((digits - 1) % 4))) & 0xff;
  }
  return length === 0 || digits % 4 === 1 || (digits % 4) + pads > 4 ? undefined : decoded.subarray(0, length);
}
