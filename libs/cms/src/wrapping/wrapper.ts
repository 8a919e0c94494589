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

/**
 * Any label: what stands inside decides. A mark of byte order and explanatory text may stand before (RFC 7468, 2 and 5.2),
 * and a line may end with CR alone (RFC 7468, 3).
 */
const pemStart = /(?:^|[\r\n])[ \t]*-----BEGIN [A-Z0-9 #]+-----[ \t]*(?:\r\n|\r|\n)/;
const beforeText = /^(?:\xef\xbb\xbf)?\s*/;
const printable = /^[\t\r\n -~\x80-\xff]*$/;
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
  const begin = beforeText.exec(text)?.[0].length ?? 0;
  const wrapper = detectPem(text, begin) ?? detectSmime(text, begin) ?? detectBase64(text, begin);
  if (wrapper === undefined) return undefined;
  const digits = text.slice(wrapper.bodyOffset, wrapper.bodyOffset + 2 * detectionDigits).replace(/\s/g, '');
  return beginsLikeEnvelope(Buffer.from(digits.slice(0, detectionDigits), 'base64')) ? wrapper : undefined;
}

function detectPem(text: string, begin: number): Wrapper | undefined {
  const start = pemStart.exec(text.slice(begin));
  if (start === null || !printable.test(text.slice(begin, begin + start.index))) return undefined;
  return { kind: 'pem', bodyOffset: begin + start.index + start[0].length };
}

function detectSmime(text: string, begin: number): Wrapper | undefined {
  const mail = text.slice(begin);
  const blank = blankLine.exec(mail);
  if (blank === null || !headerField.test(mail)) return undefined;
  const fields = mail.slice(0, blank.index).replace(/\r?\n[ \t]+/g, ' ');
  const isCms = /^content-type:\s*application\/(?:x-)?pkcs7-mime\b/im.test(fields);
  const isBase64 = /^content-transfer-encoding:\s*base64\s*$/im.test(fields);
  return isCms && isBase64 ? { kind: 'smime', bodyOffset: begin + blank.index + blank[0].length } : undefined;
}

/** SEQUENCE in base64 begins with M. */
function detectBase64(text: string, begin: number): Wrapper | undefined {
  return /^M[A-P][A-Za-z0-9+/]/.test(text.slice(begin, begin + 3)) ? { kind: 'base64', bodyOffset: begin } : undefined;
}
