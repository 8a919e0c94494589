import { BerReader } from '../asn1/ber-reader.js';
import { Tag } from '../asn1/element-header.js';
import { formatObjectIdentifier } from '../asn1/object-identifier.js';
import { CmsError } from '../cms-error.js';

/** Object identifiers of the content types (RFC 5652, RFC 5083, RFC 3274). */
export const contentTypeIdentifiers = {
  'enveloped-data': '1.2.840.113549.1.7.3',
  'auth-enveloped-data': '1.2.840.113549.1.9.16.1.23',
  'signed-data': '1.2.840.113549.1.7.2',
  data: '1.2.840.113549.1.7.1',
} as const;

const otherTypes: Readonly<Record<string, string>> = {
  [contentTypeIdentifiers.data]: 'Data',
  '1.2.840.113549.1.7.4': 'SignedAndEnvelopedData',
  '1.2.840.113549.1.7.5': 'DigestedData',
  '1.2.840.113549.1.7.6': 'EncryptedData',
  '1.2.840.113549.1.9.16.1.2': 'AuthenticatedData',
  '1.2.840.113549.1.9.16.1.9': 'CompressedData',
};

/** What a ContentInfo (RFC 5652, 3) has inside. */
export interface Container {
  readonly kind: 'envelope' | 'signed-data' | 'other';
  /** Its name, or its object identifier. */
  readonly name: string;
}

/** @returns undefined unless `head` begins like a ContentInfo; decided by some 32 bytes. */
export function containerOf(head: Buffer): Container | undefined {
  try {
    const reader = new BerReader(head);
    reader.enter(Tag.sequence, 'ContentInfo');
    const type = formatObjectIdentifier(reader.primitive(Tag.objectIdentifier, 'the content type'));
    reader.enter(Tag.contextConstructed(0), 'the content');
    if (type === contentTypeIdentifiers['enveloped-data']) return { kind: 'envelope', name: 'EnvelopedData' };
    if (type === contentTypeIdentifiers['auth-enveloped-data']) return { kind: 'envelope', name: 'AuthEnvelopedData' };
    if (type === contentTypeIdentifiers['signed-data']) return { kind: 'signed-data', name: 'SignedData' };
    return { kind: 'other', name: otherTypes[type] ?? type };
  } catch (error) {
    if (error instanceof CmsError) return undefined;
    throw error;
  }
}
