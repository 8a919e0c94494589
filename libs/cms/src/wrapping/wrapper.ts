import { Tag } from '../asn1/element-header.js';
import { beginsLikeEnvelope } from '../envelope/envelope-head.js';

/** The text a CMS object is wrapped in. */
export interface Wrapper {
  readonly kind: 'pem' | 'smime' | 'base64';
  /** Offset of the first base64 digit. */
  readonly bodyOffset: number;
}

/** Header fields of a mail that wraps a CMS object are not longer than this; neither is a line before PEM. */
export const wrapperHeadBytes = 4096;

/** The labels of RFC 7468, section 8 and 9, and what older openssl wrote. */
const pemStart = /^[\s]*-----BEGIN (?:CMS|PKCS7|PKCS #7 SIGNED DATA)-----[ \t]*\r?\n/;
const headerField = /^[!-9;-~]+:[ \t]?[^\r\n]*\r?\n/;
const blankLine = /\r?\n\r?\n/;
const detectionDigits = 64;

/**
 * Recognises PEM, S/MIME with base64 content (RFC 8551, 3.3) and bare base64 by the beginning of the file.
 * @returns undefined if it is none of these, or wraps something else than an envelope.
 */
export function detectWrapper(head: Buffer): Wrapper | undefined {
  if (head[0] === Tag.sequence) return undefined;
  const text = head.toString('latin1', 0, wrapperHeadBytes);
  const wrapper = detectPem(text) ?? detectSmime(text) ?? detectBase64(text);
  if (wrapper === undefined) return undefined;
  const digits = text.slice(wrapper.bodyOffset, wrapper.bodyOffset + 2 * detectionDigits).replace(/\s/g, '');
  const begin = Buffer.from(digits.slice(0, detectionDigits), 'base64');
  return beginsLikeEnvelope(begin) ? wrapper : undefined;
}

function detectPem(text: string): Wrapper | undefined {
  const start = pemStart.exec(text);
  return start === null ? undefined : { kind: 'pem', bodyOffset: start[0].length };
}

function detectSmime(text: string): Wrapper | undefined {
  const blank = blankLine.exec(text);
  if (blank === null || !headerField.test(text)) return undefined;
  const fields = text.slice(0, blank.index).replace(/\r?\n[ \t]+/g, ' ');
  const isCms = /^content-type:\s*application\/(?:x-)?pkcs7-mime\b/im.test(fields);
  const isBase64 = /^content-transfer-encoding:\s*base64\s*$/im.test(fields);
  return isCms && isBase64 ? { kind: 'smime', bodyOffset: blank.index + blank[0].length } : undefined;
}

/** SEQUENCE in base64 begins with M. */
function detectBase64(text: string): Wrapper | undefined {
  const white = /^\s*/.exec(text)?.[0].length ?? 0;
  return /^M[A-P][A-Za-z0-9+/]/.test(text.slice(white)) ? { kind: 'base64', bodyOffset: white } : undefined;
}
