import { encodeObjectIdentifier } from '../asn1/object-identifier.js';
import { readElementHeader, Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';
import { contentEncryptionIdentifiers } from '../envelope/content-encryption.js';
import { containerOf, contentTypeIdentifiers } from '../envelope/content-info.js';
import { keyEncryptionIdentifiers } from '../envelope/key-encryption.js';

/** Object identifiers that no media has, DER: of CMS itself, and of the algorithms in every envelope. */
const traces: readonly (readonly [name: string, der: Buffer])[] = [
  ['EnvelopedData', encodeObjectIdentifier(contentTypeIdentifiers['enveloped-data'])],
  ['AuthEnvelopedData', encodeObjectIdentifier(contentTypeIdentifiers['auth-enveloped-data'])],
  ['RSA encryption', encodeObjectIdentifier(keyEncryptionIdentifiers.rsaEncryption)],
  ['RSAES-OAEP', encodeObjectIdentifier(keyEncryptionIdentifiers.rsaesOaep)],
  ...Object.entries(contentEncryptionIdentifiers).map(
    ([name, identifier]) => [name, encodeObjectIdentifier(identifier)] as const,
  ),
];

/** Each trace as it stands in base64, which depends on where in a group of three it begins. */
const base64Traces = traces.flatMap(([name, der]) =>
  [0, 1, 2].map(before => {
    const digits = Buffer.concat([Buffer.alloc(before), der])
      .toString('base64')
      .replace(/=+$/, '');
    // Digits that mix with the neighbours are left away.
    const whole = digits.slice(Math.ceil((before * 8) / 6), Math.floor(((before + der.length) * 8) / 6));
    return [name, whole] as const;
  }),
);

/** Beginnings of files that other tools encrypt or compress. */
const otherContainers: readonly (readonly [name: string, beginning: RegExp])[] = [
  ['compressed by gzip', /^\x1f\x8b\x08/],
  ['compressed by bzip2', /^BZh[1-9]\x31\x41\x59/],
  ['compressed by xz', /^\xfd7zXZ\0/],
  ['compressed by zstd', /^\x28\xb5\x2f\xfd/],
  ['a zip archive', /^PK(?:\x03\x04|\x05\x06)/],
  ['a 7z archive', /^7z\xbc\xaf\x27\x1c/],
  ['encrypted by openssl enc', /^(?:Salted__|U2FsdGVkX1)/],
  ['encrypted by OpenPGP', /^-----BEGIN PGP |^[\x84\x85\xc1]\x01\x0c\x03|^\xc1\xc0\x4c\x03/],
  ['encrypted by age', /^age-encryption\.org\//],
  ['encrypted by rclone', /^RCLONE\0\0/],
  ['a JSON Web Encryption', /^eyJ[A-Za-z0-9_-]+\./],
];

const markOfText = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?/;
const pemBlock = /-----BEGIN ([A-Z0-9 #]*)-----/;
const mailField = /^(?:mime-version|content-type|content-transfer-encoding|content-disposition):/im;
const base64Text = /^M[A-P][A-Za-z0-9+/=_-]{30}/;
const hexText = /^30(?:80|81|82|83|84)[0-9a-f]{28}/i;

/**
 * What of an envelope, or of another container for ciphertext, shows in the beginning of a file that is no envelope that
 * can be read: one that was cut or garbled, in a wrapper or of a kind that is not known here. Such a file is never media in
 * the clear.
 * @returns in words, or undefined when there is no trace.
 */
export function envelopeTrace(head: Buffer): string | undefined {
  const text = head.toString('latin1');
  const other = otherContainers.find(([, beginning]) => beginning.test(text));
  if (other !== undefined) return other[0];
  const structure = contentInfoTrace(head);
  if (structure !== undefined) return structure;
  for (const [name, der] of traces) {
    const offset = head.indexOf(der);
    if (offset !== -1) return `the object identifier of ${name} at byte ${offset}, without an envelope around it`;
  }
  return textTrace(text);
}

/** A SEQUENCE that begins like a ContentInfo or like what is inside one. */
function contentInfoTrace(head: Buffer): string | undefined {
  if (head[0] !== Tag.sequence) return undefined;
  const container = containerOf(head);
  if (container !== undefined) return `a ContentInfo with ${container.name}, which is no envelope`;
  try {
    const outer = readElementHeader(head, 0, 0);
    const inner = outer === undefined ? undefined : readElementHeader(head, outer.contentOffset, 0);
    if (inner === undefined) return head.length < 16 ? 'the first bytes of an ASN.1 structure' : undefined;
    const length = (inner.end ?? 0) - inner.contentOffset;
    if (inner.tag === Tag.objectIdentifier && length >= 3 && length <= 16)
      return 'a ContentInfo of a type that is no envelope';
    // EnvelopedData without the ContentInfo around it: a version, and a SET of recipients.
    const next = inner.tag === Tag.integer && length === 1 ? readElementHeader(head, inner.end ?? 0, 0) : undefined;
    return next?.tag === Tag.set || next?.tag === Tag.contextConstructed(0)
      ? 'an EnvelopedData without a ContentInfo around it'
      : undefined;
  } catch (error) {
    if (error instanceof CmsError) return undefined;
    throw error;
  }
}

/** Text in ASCII, each character with a zero beside it; a piece of silence in PCM has no such thing for long. */
function isUtf16(text: string): boolean {
  const pairs = text.replace(markOfText, '').slice(0, 4096);
  return (
    pairs.length >= 64 && (/^(?:[\t\r\n -~]\0)+[\t\r\n -~]?$/.test(pairs) || /^(?:\0[\t\r\n -~])+\0?$/.test(pairs))
  );
}

function textTrace(text: string): string | undefined {
  // UTF-16 is text with a zero beside each letter.
  const letters = text.replace(markOfText, '').replaceAll('\0', '').trimStart();
  const pem = pemBlock.exec(letters);
  if (pem !== null && isText(letters.slice(0, pem.index)))
    return isUtf16(text)
      ? `a PEM block "${pem[1] ?? ''}" in UTF-16`
      : `a PEM block "${pem[1] ?? ''}" that is no envelope`;
  const digits = letters.replace(/[\s"'>]{1,1000}/g, '');
  const inBase64 = base64Traces.find(([, trace]) => digits.includes(trace));
  if (inBase64 !== undefined) return `the object identifier of ${inBase64[0]} in base64, without an envelope around it`;
  if (mailField.test(letters) && isText(letters.slice(0, 256))) return 'the head of a mail (S/MIME)';
  if (base64Text.test(digits) && isText(letters.slice(0, 64)))
    return 'base64 of an ASN.1 structure that is no envelope';
  if (isUtf16(text)) return 'text in UTF-16';
  return hexText.test(digits) ? 'an ASN.1 structure in hexadecimal digits' : undefined;
}

const isText = (text: string): boolean => /^[\t\r\n -~\x80-\xff]*$/.test(text);
