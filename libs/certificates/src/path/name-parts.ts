import { DerTag, readDerElements } from '../asn1/der-element.js';

/** One RelativeDistinguishedName in a form in which equal ones are equal texts. */
export type NamePart = string;

const setTag = 0x31;
const objectIdentifierTag = 0x06;
/** UTF8String, PrintableString, TeletexString, IA5String, in which case and blanks do not count. */
const textTags: ReadonlySet<number> = new Set([0x0c, 0x13, 0x14, 0x16]);
const bmpStringTag = 0x1e;
const emailAddressOid = '2a864886f70d010901';

/**
 * The parts of a Name, normalised for comparison (RFC 5280, 7.1): strings without regard to their type, to case and to
 * superfluous blanks.
 * @throws RangeError when it is no Name.
 */
export function readNameParts(der: Buffer): NamePart[] {
  return attributesOf(der).map(attributes =>
    attributes
      .map(({ type, value }) => `${type}=${value}`)
      .sort()
      .join('+'),
  );
}

/** Whether two Names mean the same. */
export function sameName(left: Buffer, right: Buffer): boolean {
  return left.equals(right) || readNameParts(left).join(',') === readNameParts(right).join(',');
}

/** E-mail addresses in a Name, which constraints on e-mail addresses cover as well (RFC 5280, 4.2.1.10). */
export function emailAddressesIn(der: Buffer): string[] {
  return attributesOf(der)
    .flat()
    .filter(({ type }) => type === emailAddressOid)
    .map(({ text }) => text);
}

interface Attribute {
  /** Object identifier, hexadecimal. */
  readonly type: string;
  readonly value: string;
  readonly text: string;
}

function attributesOf(der: Buffer): Attribute[][] {
  const [name] = readDerElements(der);
  if (name?.tag !== DerTag.sequence) throw new RangeError('a Name is no SEQUENCE');
  return readDerElements(name.content).map(relativeName => {
    if (relativeName.tag !== setTag) throw new RangeError('a RelativeDistinguishedName is no SET');
    return readDerElements(relativeName.content).map(attribute => readAttribute(attribute.content));
  });
}

function readAttribute(content: Buffer): Attribute {
  const [type, value] = readDerElements(content);
  if (type?.tag !== objectIdentifierTag || value === undefined)
    throw new RangeError('an attribute of a Name is malformed');
  const text = textOf(value.tag, value.content);
  return {
    type: type.content.toString('hex'),
    value: text === undefined ? `#${value.encoded.toString('hex')}` : JSON.stringify(normalised(text)),
    text: text ?? '',
  };
}

function textOf(tag: number, content: Buffer): string | undefined {
  if (textTags.has(tag)) return content.toString(tag === 0x0c ? 'utf8' : 'latin1');
  if (tag !== bmpStringTag || content.length % 2 !== 0) return undefined;
  return Buffer.from(content).swap16().toString('utf16le');
}

const normalised = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
