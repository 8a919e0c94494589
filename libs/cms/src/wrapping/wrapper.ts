import { Tag } from '../asn1/element-header.js';
import { containerOf } from '../envelope/content-info.js';
import { isCmsMail, mailBody, readMailHead } from './mail-head.js';

/** The text a CMS object is wrapped in. */
export interface Wrapper {
  readonly kind: 'pem' | 'smime' | 'base64';
  /** Offset of the first base64 digit, or of the first byte of binary content. */
  readonly bodyOffset: number;
  /** What stands there is the object itself: S/MIME with binary content. */
  readonly binary?: boolean;
}

/**
 * Any label: what stands inside decides, of several blocks the first that is CMS. A mark of byte order and explanatory text
 * may stand before (RFC 7468, 2 and 5.2), and a line may end with CR alone (RFC 7468, 3).
 */
const pemStart = /(?:^|[\r\n])[ \t]{0,80}-----BEGIN [A-Z0-9 #]{1,64}-----[ \t]{0,80}(?:\r\n|\r|\n)/g;
const markOfByteOrder = '\xef\xbb\xbf';
const binaryByte = /[\0-\x08\x0e-\x1f\x7f]/;
const detectionDigits = 64;

/** Whether bytes are text in ASCII, UTF-8 or an 8-bit code. */
export const isText = (text: string): boolean => !binaryByte.test(text);

/**
 * Recognises PEM, S/MIME (RFC 8551, 3.3 and 3.9) and bare base64.
 * @param head the beginning of the file: as much of it as has to be looked through.
 * @returns undefined if it is none of these, or wraps something else than an envelope or SignedData.
 */
export function detectWrapper(head: Buffer): Wrapper | undefined {
  if (head[0] === Tag.sequence) return undefined;
  const text = head.toString('latin1');
  const mark = text.startsWith(markOfByteOrder) ? markOfByteOrder.length : 0;
  const begin = mark + (/^\s*/.exec(text.slice(mark, mark + 4096))?.[0].length ?? 0);
  return detectPem(text, begin) ?? detectSmime(text, begin) ?? detectBase64(text, begin);
}

function detectPem(text: string, begin: number): Wrapper | undefined {
  const searched = text.slice(begin);
  let checked = 0;
  for (const start of searched.matchAll(pemStart)) {
    if (!isText(searched.slice(checked, start.index))) return undefined;
    checked = start.index;
    const bodyOffset = begin + start.index + start[0].length;
    if (digitsAreCms(text, bodyOffset)) return { kind: 'pem', bodyOffset };
  }
  return undefined;
}

function detectSmime(text: string, begin: number): Wrapper | undefined {
  const head = readMailHead(text, begin);
  if (head === undefined || !isCmsMail(head)) return undefined;
  const { bodyOffset } = head;
  if (mailBody(head) !== 'other' && isCms(Buffer.from(text.slice(bodyOffset, bodyOffset + 64), 'latin1')))
    return { kind: 'smime', bodyOffset, binary: true };
  const isDigits = mailBody(head) !== 'other' && digitsAreCms(text, bodyOffset);
  return isDigits ? { kind: 'smime', bodyOffset } : undefined;
}

/** SEQUENCE in base64 begins with M. */
function detectBase64(text: string, begin: number): Wrapper | undefined {
  if (!/^M[A-P][A-Za-z0-9+/]/.test(text.slice(begin, begin + 3))) return undefined;
  return digitsAreCms(text, begin) ? { kind: 'base64', bodyOffset: begin } : undefined;
}

function digitsAreCms(text: string, offset: number): boolean {
  const digits = text.slice(offset, offset + 4 * detectionDigits).replace(/\s+/g, '');
  return isCms(Buffer.from(digits.slice(0, detectionDigits), 'base64'));
}

const isCms = (bytes: Buffer): boolean => ['envelope', 'signed-data'].includes(containerOf(bytes)?.kind ?? '');
