/**
 * The forms in which bytes may lie in a file or in memory: as they are, in hexadecimal, and in base64 wherever they begin in
 * it; texts with one and with two bytes for each character.
 */
export function spellingsOf(name: string, bytes: Buffer): Record<string, Buffer> {
  const hex = bytes.toString('hex');
  const texts: Record<string, string> = { hex, HEX: hex.toUpperCase() };
  for (const shift of [0, 1, 2]) {
    const inside = base64Inside(bytes, shift);
    texts[`base64+${shift}`] = inside;
    texts[`base64url+${shift}`] = inside.replaceAll('+', '-').replaceAll('/', '_');
  }
  const spellings: Record<string, Buffer> = { [name]: bytes };
  for (const [form, text] of Object.entries(texts)) {
    if (Object.values(spellings).some(known => known.equals(Buffer.from(text)))) continue;
    spellings[`${name} ${form}`] = Buffer.from(text);
    spellings[`${name} ${form} utf16`] = Buffer.from(text, 'utf16le');
  }
  return spellings;
}

/** The characters that stand for these bytes alone, where so many others stand before them. */
function base64Inside(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}
