import fc from 'fast-check';
import { encodeHeader } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import { encodeObjectIdentifier } from '../asn1/object-identifier.js';

/** How the length of a constructed element is written. */
export type LengthForm = 'definite' | 'long' | 'indefinite';
export const lengthForm: fc.Arbitrary<LengthForm> = fc.constantFrom('definite', 'long', 'indefinite');

/** An element with its length in any form BER allows. */
export function element(tag: number, form: LengthForm, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (form === 'indefinite') return Buffer.concat([Buffer.from([tag, 0x80]), body, Buffer.alloc(2)]);
  if (form === 'definite') return Buffer.concat([encodeHeader(tag, body.length), body]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(body.length));
  return Buffer.concat([Buffer.from([tag, 0x88]), length, body]);
}

export const primitive = (tag: number, content: Buffer): Buffer => element(tag, 'definite', content);

/** Ciphertext cut into segments, segments put into strings: a constructed OCTET STRING of any shape. */
export type SegmentTree = Buffer | { readonly form: LengthForm; readonly children: readonly SegmentTree[] };

export function encodeSegments(tree: SegmentTree): Buffer {
  if (Buffer.isBuffer(tree)) return primitive(Tag.octetString, tree);
  return element(Tag.constructedOctetString, tree.form, ...tree.children.map(encodeSegments));
}

export interface StructureOptions {
  readonly forms: readonly LengthForm[];
  /** encryptedContent with its header, or nothing for a detached envelope. */
  readonly content?: Buffer;
  readonly algorithm: Buffer;
  readonly recipients?: readonly Buffer[];
  readonly kind?: 'enveloped-data' | 'auth-enveloped-data';
  readonly beforeRecipients?: Buffer;
  /** Elements of EnvelopedData behind EncryptedContentInfo. */
  readonly trailer?: readonly Buffer[];
}

/** ContentInfo around (Auth)EnvelopedData; `forms` are used from the outermost element to the innermost. */
export function contentInfo(options: StructureOptions): Buffer {
  const { forms, content, algorithm, recipients = [keyTransportRecipient()], kind = 'enveloped-data' } = options;
  const form = (level: number): LengthForm => forms[level % forms.length] ?? 'definite';
  const type = kind === 'enveloped-data' ? '1.2.840.113549.1.7.3' : '1.2.840.113549.1.9.16.1.23';
  const encryptedContentInfo = element(
    Tag.sequence,
    form(3),
    encodeObjectIdentifier('1.2.840.113549.1.7.1'),
    algorithm,
    content ?? Buffer.alloc(0),
  );
  const data = element(
    Tag.sequence,
    form(2),
    primitive(Tag.integer, Buffer.from([0])),
    options.beforeRecipients ?? Buffer.alloc(0),
    element(Tag.set, form(4), ...recipients),
    encryptedContentInfo,
    ...(options.trailer ?? []),
  );
  return element(Tag.sequence, form(0), encodeObjectIdentifier(type), element(0xa0, form(1), data));
}

export const cbcAlgorithm = (iv: Buffer, form: LengthForm = 'definite'): Buffer =>
  element(Tag.sequence, form, encodeObjectIdentifier('2.16.840.1.101.3.4.1.42'), primitive(Tag.octetString, iv));

export const gcmAlgorithm = (nonce: Buffer, tagLength: number): Buffer =>
  element(
    Tag.sequence,
    'definite',
    encodeObjectIdentifier('2.16.840.1.101.3.4.1.46'),
    element(
      Tag.sequence,
      'definite',
      primitive(Tag.octetString, nonce),
      tagLength === 12 ? Buffer.alloc(0) : primitive(Tag.integer, Buffer.from([tagLength])),
    ),
  );

export interface RecipientShape {
  readonly form?: LengthForm;
  readonly serialNumber?: Buffer;
  readonly encryptedKey?: Buffer;
}

export const testIssuer: Buffer = Buffer.from('300c310a300806035504030c0161', 'hex');

/** KeyTransRecipientInfo with RSAES-PKCS1-v1_5. */
export function keyTransportRecipient(shape: RecipientShape = {}): Buffer {
  const { form = 'definite', serialNumber = Buffer.from([5]), encryptedKey = Buffer.alloc(256, 7) } = shape;
  return element(
    Tag.sequence,
    form,
    primitive(Tag.integer, Buffer.from([0])),
    element(
      Tag.sequence,
      form,
      element(Tag.sequence, form, testIssuer.subarray(2)),
      primitive(Tag.integer, serialNumber),
    ),
    element(Tag.sequence, form, encodeObjectIdentifier('1.2.840.113549.1.1.1'), Buffer.from([Tag.null, 0])),
    primitive(Tag.octetString, encryptedKey),
  );
}
