import { CertificateError } from '../certificate-error.js';
import { decodeBase64, isBlank } from './base64-octets.js';
import { notPem } from './not-pem.js';

/** One `-----BEGIN label-----` to `-----END label-----` (RFC 7468), in place: key bytes are not copied. */
export interface PemBlock {
  readonly label: string;
  /** What stands before the base64, as the old encryption of keys has it (RFC 1421, 4.4); names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** With its line ends, in place. */
  readonly base64: Buffer;
}

const beginMark = '-----BEGIN ';
const lineEnd = '-----';
const longestLabel = 64;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const colon = ':'.charCodeAt(0);

/**
 * The blocks of a PEM file in their order; what stands between them is ignored, as RFC 7468 allows. Lines end with CR LF,
 * CR or LF, and may have blanks around them.
 * @throws CertificateError when there is none, or one has no end.
 */
export function readPemBlocks(file: Buffer): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let begin = file.indexOf(beginMark); begin !== -1;) {
    const label = readLabel(file, begin + beginMark.length);
    const endMark = `-----END ${label}-----`;
    const start = begin + beginMark.length + label.length + lineEnd.length;
    const end = file.indexOf(endMark, start);
    if (end === -1) {
      throw new CertificateError(
        'PEM_MALFORMED',
        `the PEM block "${label}" has no line "${endMark}": the file is cut off; copy it again, whole`,
      );
    }
    blocks.push({ label, ...readBody(file.subarray(start, end)) });
    begin = file.indexOf(beginMark, end);
  }
  if (blocks.length === 0) throw notPem(file);
  return blocks;
}

/** The bytes of a block; the caller overwrites those of a key. @throws CertificateError PEM_MALFORMED */
export function decodePemBlock({ label, base64 }: PemBlock): Buffer {
  const decoded = decodeBase64(base64);
  if (decoded !== undefined) return decoded;
  throw new CertificateError(
    'PEM_MALFORMED',
    `the PEM block "${label}" contains something other than base64: copy the file again without changes`,
  );
}

/** Headers are the lines with a colon, which base64 never has, and those that continue them (RFC 1421, 4.4). */
function readBody(body: Buffer): Pick<PemBlock, 'headers' | 'base64'> {
  const headers = new Map<string, string>();
  let open: string | undefined;
  let start = 0;
  for (let next = 0; start < body.length; start = next) {
    const line = lineAt(body, start);
    next = line.next;
    const isEmpty = line.content.every(isBlank);
    if (line.content.includes(colon)) {
      const [name = '', ...value] = line.content.toString('latin1').split(':');
      open = name.trim().toLowerCase();
      headers.set(open, value.join(':').trim());
    } else if (open !== undefined && isBlank(line.content[0]) && !isEmpty) {
      headers.set(open, `${headers.get(open) ?? ''}${line.content.toString('latin1').trim()}`);
    } else if (open !== undefined || !isEmpty) {
      break;
    }
  }
  return { headers, base64: body.subarray(start) };
}

function lineAt(body: Buffer, start: number): { readonly content: Buffer; readonly next: number } {
  let end = start;
  while (end < body.length && body[end] !== carriageReturn && body[end] !== lineFeed) end++;
  const isPair = body[end] === carriageReturn && body[end + 1] === lineFeed;
  return { content: body.subarray(start, end), next: end + (isPair ? 2 : 1) };
}

function readLabel(file: Buffer, offset: number): string {
  const end = file.indexOf(lineEnd, offset);
  const label = end === -1 || end - offset > longestLabel ? '' : file.toString('latin1', offset, end);
  if (/^[A-Z0-9 ]+$/.test(label)) return label;
  throw new CertificateError('PEM_MALFORMED', 'a PEM block begins without a proper label: copy the file again, whole');
}
