import { type DerElement, type NamePart, readDerElements, readNameParts } from '#asn1';

/** GeneralName (RFC 5280, 4.2.1.6), as far as name constraints look into it. */
export type GeneralName =
  | { readonly form: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly form: 'directory'; readonly parts: readonly NamePart[] }
  /** An address of 4 or 16 octets; in constraints address and mask. */
  | { readonly form: 'ip'; readonly octets: Buffer }
  /** A form that is not compared here; its tag. */
  | { readonly form: 'other'; readonly tag: number };

const textForms: Readonly<Record<number, 'email' | 'dns' | 'uri'>> = { 0x81: 'email', 0x82: 'dns', 0x86: 'uri' };
const directoryNameTag = 0xa4;
const ipAddressTag = 0x87;

/** @throws RangeError when it is malformed. */
export function readGeneralName({ tag, content }: DerElement): GeneralName {
  const text = textForms[tag];
  if (text !== undefined) return { form: text, text: content.toString('latin1') };
  if (tag === ipAddressTag) return { form: 'ip', octets: Buffer.from(content) };
  if (tag !== directoryNameTag) return { form: 'other', tag };
  const [name, ...more] = readDerElements(content);
  if (name === undefined || more.length > 0) throw new RangeError('a directoryName is no Name');
  return { form: 'directory', parts: readNameParts(name.encoded) };
}
