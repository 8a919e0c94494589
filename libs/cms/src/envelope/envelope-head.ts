import { BerReader } from '../asn1/ber-reader.js';
import { type ElementHeader, Tag } from '../asn1/element-header.js';
import { formatObjectIdentifier, isObjectIdentifierContent, ObjectIdentifierTable } from '../asn1/object-identifier.js';
import { CmsError } from '../cms-error.js';
import { contentTypeIdentifiers } from './content-info.js';
import { type EnvelopeTolerance, readContentEncryption } from './content-encryption.js';
import type { CmsKind, Envelope } from './envelope.js';
import { readEnvelopeTrailer } from './envelope-trailer.js';
import { readRecipientInfos } from './recipient-infos.js';

const kinds = new ObjectIdentifierTable<CmsKind>({
  [contentTypeIdentifiers['enveloped-data']]: 'enveloped-data',
  [contentTypeIdentifiers['auth-enveloped-data']]: 'auth-enveloped-data',
});

const versions: Readonly<Record<CmsKind, readonly number[]>> = {
  'enveloped-data': [0, 2, 3, 4],
  'auth-enveloped-data': [0],
};

/** An element that content lies in and that ends behind it. */
export interface EnclosingElement {
  readonly name: string;
  readonly end: number | undefined;
}

/** Where attached content begins. */
export interface AttachedContent {
  /** Header of encryptedContent. */
  readonly header: ElementHeader;
  /** From the outermost to the innermost. */
  readonly enclosing: readonly EnclosingElement[];
}

export interface EnvelopeHead {
  readonly envelope: Envelope;
  /** undefined for a detached envelope. */
  readonly content: AttachedContent | undefined;
}

/**
 * Parses up to the first content octet of encryptedContent, or to the end of a detached envelope.
 * @param size of the whole object, if known: nothing may claim to reach further.
 * @throws CmsError CMS_TRUNCATED when `bytes` end before that.
 */
export function parseEnvelopeHead(bytes: Buffer, size?: number, tolerance: EnvelopeTolerance = {}): EnvelopeHead {
  const reader = new BerReader(bytes, 0, size);
  const kind = enterContentInfo(reader);
  reader.enter(Tag.sequence, kind === 'enveloped-data' ? 'EnvelopedData' : 'AuthEnvelopedData');
  const version = readVersion(reader, kind, tolerance);
  if (reader.peek() === Tag.contextConstructed(0)) reader.skip('originatorInfo');
  const recipients = readRecipientInfos(reader);

  reader.enter(Tag.sequence, 'EncryptedContentInfo');
  const contentType = readContentType(reader);
  const contentEncryption = readContentEncryption(reader, kind, tolerance);
  const envelope: Envelope = { kind, version, ...recipients, contentType, contentEncryption };
  const tag = reader.peek();
  if (tag === undefined) {
    const authentication = readEnvelopeTrailer(reader, contentEncryption);
    return { envelope: authentication === undefined ? envelope : { ...envelope, authentication }, content: undefined };
  }
  const { enclosing } = reader;
  const expected = tag === Tag.contextConstructed(0) ? tag : Tag.contextPrimitive(0);
  return { envelope, content: { header: reader.header(expected, 'encryptedContent'), enclosing } };
}

function readContentType(reader: BerReader): string {
  const { offset } = reader;
  const content = reader.primitive(Tag.objectIdentifier, 'contentType');
  if (isObjectIdentifierContent(content)) return formatObjectIdentifier(content);
  throw new CmsError('CMS_MALFORMED', 'contentType is no object identifier', { offset });
}

function enterContentInfo(reader: BerReader): CmsKind {
  reader.enter(Tag.sequence, 'ContentInfo');
  const { offset } = reader;
  const contentType = reader.primitive(Tag.objectIdentifier, 'the content type');
  const kind = kinds.get(contentType);
  if (kind === undefined) {
    const message = `the content type ${formatObjectIdentifier(contentType)}`;
    throw new CmsError('CMS_UNSUPPORTED', message, { offset, expected: 'EnvelopedData or AuthEnvelopedData' });
  }
  reader.enter(Tag.contextConstructed(0), 'the content');
  return kind;
}

/** What of an envelope is in no standard and was read all the same, in words for the log. */
export function deviationsOf({
  kind,
  version,
  contentEncryption,
}: Pick<Envelope, 'kind' | 'version' | 'contentEncryption'>): string[] {
  if (kind === 'twilio-encryption-details' || kind === 'opentok-archive-password') return [];
  return [
    ...(versions[kind].includes(version) ? [] : [`version ${version} of ${kind}`]),
    ...(contentEncryption.mode === 'gcm' && contentEncryption.tagInContent === true ? [`AES-GCM inside ${kind}`] : []),
  ];
}

function readVersion(reader: BerReader, kind: CmsKind, { anyEnvelopeVersion = false }: EnvelopeTolerance): number {
  const { offset } = reader;
  const content = reader.primitive(Tag.integer, 'the version');
  const version = content.length === 1 ? content.readInt8(0) : -1;
  if (versions[kind].includes(version)) return version;
  if (anyEnvelopeVersion && version >= 0) return version;
  const expected = `version ${versions[kind].join(', ')}`;
  throw new CmsError('CMS_UNSUPPORTED', `version ${version} of ${kind}`, { offset, expected });
}
