import { BerReader } from '../asn1/ber-reader.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentAuthentication, Envelope } from '../envelope/envelope.js';
import { readClosing } from '../envelope/envelope-closing.js';
import type { EnclosingElement } from '../envelope/envelope-head.js';

/** Attributes and end-of-contents octets behind the content are not larger than this. */
const maximumClosingBytes = 1024 * 1024;

export interface ClosingPlace {
  /** Offset of the first byte behind encryptedContent. */
  readonly closingOffset: number;
  /** From where the caller wants the end of the content, too. */
  readonly tailOffset: number;
  readonly signal: AbortSignal;
}

export interface FileClosing {
  /** Bytes [tailOffset, closingOffset). */
  readonly tail: Buffer;
  readonly authentication: ContentAuthentication | undefined;
}

/** Reads the end of a stored file in one go: the end of its content and all that stands behind it. */
export async function readFileClosing(
  source: ByteSource,
  envelope: Envelope,
  enclosing: readonly EnclosingElement[],
  { closingOffset, tailOffset, signal }: ClosingPlace,
): Promise<FileClosing> {
  if (source.size - closingOffset > maximumClosingBytes) {
    const message = `${source.size - closingOffset} bytes stand behind the content`;
    const expected = `at most ${maximumClosingBytes} bytes`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: closingOffset, expected });
  }
  const bytes = await source.read(tailOffset, source.size, signal);
  const split = closingOffset - tailOffset;
  const reader = new BerReader(bytes.subarray(split), closingOffset, source.size);
  reader.resume(enclosing);
  return { tail: bytes.subarray(0, split), authentication: readClosing(reader, envelope.contentEncryption) };
}
