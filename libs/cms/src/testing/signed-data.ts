import { Tag } from '../asn1/element-header.js';
import { encodeObjectIdentifier } from '../asn1/object-identifier.js';
import { element, primitive, type LengthForm } from './ber-structures.js';

export interface SignedShape {
  /** Of the encapsulated content; EnvelopedData unless told. */
  readonly contentType?: string;
  readonly form?: LengthForm;
  /** Bytes of each segment; one primitive OCTET STRING when absent. */
  readonly segments?: number;
  readonly firstSegment?: number;
  /** false: the content as it stands, as PKCS #7 1.5 has it (RFC 5652, 5.2.1). */
  readonly octetString?: boolean;
}

/** ContentInfo with SignedData around some content, or around nothing; its signature is none. */
export function signedData(content: Buffer | undefined, shape: SignedShape = {}): Buffer {
  const { contentType = '1.2.840.113549.1.7.3', form = 'definite', octetString = true } = shape;
  const sha256 = element(Tag.sequence, form, encodeObjectIdentifier('2.16.840.1.101.3.4.2.1'));
  const encapsulated =
    content === undefined ? [] : [element(0xa0, form, octetString ? octets(content, shape) : content)];
  const signed = element(
    Tag.sequence,
    form,
    primitive(Tag.integer, Buffer.of(3)),
    element(Tag.set, form, sha256),
    element(Tag.sequence, form, encodeObjectIdentifier(contentType), ...encapsulated),
    element(0xa0, form, element(Tag.sequence, form, primitive(Tag.octetString, Buffer.alloc(900, 7)))),
    element(Tag.set, form, element(Tag.sequence, form, primitive(Tag.octetString, Buffer.alloc(256, 9)))),
  );
  return element(Tag.sequence, form, encodeObjectIdentifier('1.2.840.113549.1.7.2'), element(0xa0, form, signed));
}

function octets(content: Buffer, { form = 'definite', segments, firstSegment = segments }: SignedShape): Buffer {
  if (segments === undefined || firstSegment === undefined) return primitive(Tag.octetString, content);
  const cut = [content.subarray(0, firstSegment)];
  for (let from = firstSegment; from < content.length; from += segments)
    cut.push(content.subarray(from, from + segments));
  return element(Tag.constructedOctetString, form, ...cut.map(piece => primitive(Tag.octetString, piece)));
}
