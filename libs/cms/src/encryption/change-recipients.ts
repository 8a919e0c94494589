import { BerReader } from '../asn1/ber-reader.js';
import { toDefiniteLengths } from '../asn1/canonical-der.js';
import { encodeElement, encodeSetOf, encodeSmallInteger } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import type { RecipientIdentifier } from '../envelope/envelope.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { readRecipientInfos } from '../envelope/recipient-infos.js';
import { encodeRecipient, type EncryptionRecipient } from './recipient.js';

export interface RecipientChange {
  /** Who is added; undefined adds nobody. */
  readonly add: EncryptionRecipient | undefined;
  readonly sessionKey: Buffer;
  /** Which recipients go; those of kinds that are not read here always stay. */
  readonly remove: (identifier: RecipientIdentifier) => boolean;
}

/**
 * A detached envelope with other recipients, DER. Everything else stays as it is: algorithm, initialisation vector,
 * attributes and authentication, none of which covers the recipients (RFC 5652, 6.1; RFC 5083, 2.1).
 * @throws CmsError for what is no detached envelope, and when nobody would be left.
 */
export function changeRecipients(envelope: Buffer, { add, sessionKey, remove }: RecipientChange): Buffer {
  const { kind } = parseEnvelope(envelope);
  const parts = takeApart(toDefiniteLengths(envelope));
  const kept = parts.recipients.filter(info => {
    const identifier = identifierOf(info);
    return identifier === undefined || !remove(identifier);
  });
  const recipients = add === undefined ? kept : [...kept, encodeRecipient(add, sessionKey)];
  if (recipients.length === 0) {
    throw new CmsError('CMS_MALFORMED', 'nobody could open the envelope', { expected: 'at least one recipient' });
  }
  const version = kind === 'enveloped-data' ? versionFor(parts, recipients) : parts.version;
  const body = encodeElement(Tag.sequence, version, ...parts.before, encodeSetOf(recipients), ...parts.after);
  return encodeElement(Tag.sequence, parts.contentType, encodeElement(Tag.contextConstructed(0), body));
}

interface EnvelopeElements {
  readonly contentType: Buffer;
  readonly version: Buffer;
  /** originatorInfo, where there is one. */
  readonly before: readonly Buffer[];
  readonly recipients: readonly Buffer[];
  readonly after: readonly Buffer[];
}

function takeApart(der: Buffer): EnvelopeElements {
  const reader = new BerReader(der);
  reader.enter(Tag.sequence, 'ContentInfo');
  const contentType = reader.skip('the content type');
  reader.enter(Tag.contextConstructed(0), 'the content');
  reader.enter(Tag.sequence, 'EnvelopedData');
  const version = reader.skip('the version');
  const before = reader.peek() === Tag.contextConstructed(0) ? [reader.skip('originatorInfo')] : [];
  reader.enter(Tag.set, 'recipientInfos');
  const recipients = rest(reader, 'a RecipientInfo');
  reader.leave();
  const after = rest(reader, 'EncryptedContentInfo');
  return { contentType, version, before, recipients, after };
}

function rest(reader: BerReader, name: string): Buffer[] {
  const elements: Buffer[] = [];
  while (reader.peek() !== undefined) elements.push(reader.skip(name));
  return elements;
}

/** undefined for a recipient of another kind. */
function identifierOf(info: Buffer): RecipientIdentifier | undefined {
  const set = encodeElement(Tag.set, info);
  return readRecipientInfos(new BerReader(set)).recipients[0]?.identifier;
}

/** 0 where all recipients name issuer and serial number and there is nothing else; versions above 2 say more and stay. */
function versionFor({ version, before, after }: EnvelopeElements, recipients: readonly Buffer[]): Buffer {
  if ((version.at(-1) ?? 0) > 2) return version;
  const plain = recipients.every(info => identifierOf(info)?.type === 'issuer-and-serial-number');
  const onlyContent = before.length === 0 && after.length === 1;
  return encodeSmallInteger(plain && onlyContent ? 0 : 2);
}
