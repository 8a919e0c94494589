const utf8StringTag = 0x0c;
const bmpStringTag = 0x1e;
const universalStringTag = 0x1c;
/** NumericString, PrintableString, TeletexString, IA5String, VisibleString; Teletex is Latin-1 wherever it is met. */
const latinTags: ReadonlySet<number> = new Set([0x12, 0x13, 0x14, 0x16, 0x1a]);

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a string of any type; undefined for what is no string, or does not keep to its type. */
export function attributeText(tag: number, content: Buffer): string | undefined {
  if (latinTags.has(tag)) return content.toString('latin1');
  if (tag === utf8StringTag) return utf8(content);
  if (tag === bmpStringTag) return content.length % 2 === 0 ? utf16(content) : undefined;
  return tag === universalStringTag && content.length % 4 === 0 ? utf32(content) : undefined;
}

function utf8(content: Buffer): string | undefined {
  try {
    return strictUtf8.decode(content);
  } catch {
    return undefined;
  }
}

const utf16 = (content: Buffer): string => Buffer.from(content).swap16().toString('utf16le');

function utf32(content: Buffer): string | undefined {
  let text = '';
  for (let offset = 0; offset < content.length; offset += 4) {
    const point = content.readUInt32BE(offset);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}
