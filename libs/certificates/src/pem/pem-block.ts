import { CertificateError } from '../certificate-error.js';

/** One `-----BEGIN label-----` to `-----END label-----` (RFC 7468), in place: key bytes are not copied. */
export interface PemBlock {
  readonly label: string;
  /** From the BEGIN line to the END line. */
  readonly text: Buffer;
}

const beginMark = '-----BEGIN ';
const lineEnd = '-----';
const longestLabel = 64;
const derSequence = 0x30;

/**
 * The blocks of a PEM file in their order; what stands between them is ignored, as RFC 7468 allows.
 * @throws CertificateError when there is none, or one has no end.
 */
export function readPemBlocks(file: Buffer): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let begin = file.indexOf(beginMark); begin !== -1;) {
    const label = readLabel(file, begin + beginMark.length);
    const endMark = `-----END ${label}-----`;
    const end = file.indexOf(endMark, begin);
    if (end === -1) {
      throw new CertificateError(
        'PEM_MALFORMED',
        `the PEM block "${label}" has no line "${endMark}": the file is cut off; copy it again, whole`,
      );
    }
    blocks.push({ label, text: file.subarray(begin, end + endMark.length) });
    begin = file.indexOf(beginMark, end);
  }
  if (blocks.length === 0) throw noPem(file);
  return blocks;
}

/** The bytes of a block without headers. */
export function decodePemBlock(block: PemBlock): Buffer {
  const lines = block.text.toString('latin1').split(/\r?\n/).slice(1, -1);
  const base64 = lines.join('').replace(/\s/g, '');
  if (base64.length === 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new CertificateError(
      'PEM_MALFORMED',
      `the PEM block "${block.label}" contains something other than base64: copy the file again without changes`,
    );
  }
  return Buffer.from(base64, 'base64');
}

function readLabel(file: Buffer, offset: number): string {
  const end = file.indexOf(lineEnd, offset);
  const label = end === -1 || end - offset > longestLabel ? '' : file.toString('latin1', offset, end);
  if (/^[A-Z0-9 ]+$/.test(label)) return label;
  throw new CertificateError('PEM_MALFORMED', 'a PEM block begins without a proper label: copy the file again, whole');
}

function noPem(file: Buffer): CertificateError {
  if (file[0] === derSequence) {
    return new CertificateError(
      'PEM_IS_DER',
      'the file is binary (DER, PKCS#12 or similar) where PEM is due: convert it, for instance with "openssl x509 -inform der -in FILE -out FILE.pem"',
    );
  }
  return new CertificateError(
    'PEM_MISSING',
    'the file contains no PEM block: it must have a line that begins with "-----BEGIN"',
  );
}
