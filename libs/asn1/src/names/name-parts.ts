import { DerTag, readDerElements } from '../der-element.js';
import { attributeText } from './attribute-text.js';
import { preparedText } from './prepared-text.js';

/** One RelativeDistinguishedName in a form in which equal ones are equal texts. */
export type NamePart = string;

const setTag = 0x31;
const objectIdentifierTag = 0x06;
const emailAddressOid = '2a864886f70d010901';

/**
 * The parts of a Name, in the form in which names are compared (RFC 5280, 7.1).
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

/** Whether two Names mean the same. @throws RangeError when one is no Name. */
export const sameName = (left: Buffer, right: Buffer): boolean =>
  left.equals(right) || readNameParts(left).join(',') === readNameParts(right).join(',');

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
  const text = attributeText(value.tag, value.content);
  return {
    type: type.content.toString('hex'),
    value: text === undefined ? `#${value.encoded.toString('hex')}` : JSON.stringify(preparedText(text)),
    text: text ?? '',
  };
}
