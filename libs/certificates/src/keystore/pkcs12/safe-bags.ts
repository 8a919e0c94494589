import { berOctets, readBerElements } from '../../asn1/ber-element.js';
import { readObjectIdentifier, readSequence, readWholeSequence } from '../../asn1/ber-values.js';
import type { DerElement } from '#asn1';
import { AttributeType, BagType, x509Certificate } from './object-identifiers.js';

const explicitTag = 0xa0;
const setTag = 0x31;
const bmpStringTag = 0x1e;
const utf8StringTag = 0x0c;
const deepestNesting = 8;

interface NamedBag {
  readonly friendlyName: string | undefined;
  /** Ties a key to its certificate. */
  readonly localKeyId: Buffer | undefined;
}

export type SafeBag =
  /** `info`: PrivateKeyInfo, DER, in clear or encrypted. */
  | (NamedBag & { readonly type: 'key'; readonly info: Buffer })
  | (NamedBag & { readonly type: 'shrouded-key'; readonly info: Buffer })
  | (NamedBag & { readonly type: 'certificate'; readonly der: Buffer })
  | (NamedBag & { readonly type: 'secret' });

/**
 * The bags of a SafeContents (RFC 7292, 4.2), those inside others too. Revocation lists and certificates other than
 * X.509 are left out.
 * @throws RangeError when it is malformed.
 */
export function readSafeContents(contents: Buffer, depth = 0): SafeBag[] {
  if (depth > deepestNesting) throw new RangeError('bags are nested too deeply');
  return readWholeSequence(contents, 'SafeContents').flatMap(bag => readSafeBag(bag, depth));
}

function readSafeBag(bag: DerElement, depth: number): SafeBag[] {
  const [bagId, bagValue, bagAttributes] = readSequence(bag, 'SafeBag');
  const value = explicitContent(bagValue, 'bagValue');
  const attributes = readAttributes(bagAttributes);
  switch (readObjectIdentifier(bagId, 'bagId')) {
    case BagType.key:
      return [{ type: 'key', info: value.encoded, ...attributes }];
    case BagType.shroudedKey:
      return [{ type: 'shrouded-key', info: value.encoded, ...attributes }];
    case BagType.certificate: {
      const [certId, certValue] = readSequence(value, 'CertBag');
      if (readObjectIdentifier(certId, 'certId') !== x509Certificate) return [];
      return [{ type: 'certificate', der: berOctets(explicitContent(certValue, 'certValue')), ...attributes }];
    }
    case BagType.secret:
      return [{ type: 'secret', ...attributes }];
    case BagType.safeContents:
      return readSafeContents(value.encoded, depth + 1);
    default:
      return [];
  }
}

/** The one element inside `[0] EXPLICIT`. @throws RangeError */
export function explicitContent(element: DerElement | undefined, name: string): DerElement {
  const [content, ...rest] = element?.tag === explicitTag ? readBerElements(element.content) : [];
  if (content === undefined || rest.length > 0) throw new RangeError(`${name} is missing`);
  return content;
}

function readAttributes(element: DerElement | undefined): NamedBag {
  const attributes = { friendlyName: undefined as string | undefined, localKeyId: undefined as Buffer | undefined };
  if (element === undefined) return attributes;
  if (element.tag !== setTag) throw new RangeError('bagAttributes is no SET');
  for (const attribute of readBerElements(element.content)) {
    const [type, values] = readSequence(attribute, 'PKCS12Attribute');
    const [value] = values?.tag === setTag ? readBerElements(values.content) : [];
    if (value === undefined) continue;
    const name = readObjectIdentifier(type, 'attrId');
    if (name === AttributeType.friendlyName) attributes.friendlyName = readName(value);
    if (name === AttributeType.localKeyId) attributes.localKeyId = berOctets(value);
  }
  return attributes;
}

/** A BMPString (RFC 2985, 5.5.1); some programs write UTF-8. An odd name is none: it opens no key and keeps none shut. */
function readName({ tag, content }: DerElement): string | undefined {
  if (tag === utf8StringTag) return content.toString('utf8');
  if (tag !== bmpStringTag || content.length % 2 !== 0) return undefined;
  return Buffer.from(content).swap16().toString('utf16le');
}
