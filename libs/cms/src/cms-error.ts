/**
 * What is wrong with a CMS object or its content.
 *
 * - `CMS_MALFORMED`: the bytes break the encoding rules or the structure of the standard.
 * - `CMS_UNSUPPORTED`: well-formed, but an algorithm or version that is not read here.
 * - `CMS_TRUNCATED`: the bytes end before the structure does.
 * - `CMS_LIMIT_EXCEEDED`: larger, deeper or more numerous than any honest object.
 * - `CMS_PATTERN_BROKEN`: the content was taken for evenly chunked and turned out not to be; open it by a scan.
 * - `CMS_UNDECRYPTABLE`: wrong key, wrong padding or wrong authentication tag; which of them is not told.
 * - `CMS_UNPROVED`: the padding is right, as it is by chance for one key in 256, and nothing else says that the key is.
 * - `CMS_CLOSED`: the media was closed and its key forgotten.
 */
export type CmsErrorCode =
  | 'CMS_MALFORMED'
  | 'CMS_UNSUPPORTED'
  | 'CMS_TRUNCATED'
  | 'CMS_LIMIT_EXCEEDED'
  | 'CMS_PATTERN_BROKEN'
  | 'CMS_UNDECRYPTABLE'
  | 'CMS_UNPROVED'
  | 'CMS_CLOSED';

export interface CmsErrorDetail {
  /** Byte offset of the place, counted from the first byte of the CMS object. */
  readonly offset?: number | undefined;
  /** What a correct object has at that place. */
  readonly expected?: string | undefined;
  readonly cause?: unknown;
}

/** The one error type of this library. The message never contains key or media bytes. */
export class CmsError extends Error {
  override readonly name = 'CmsError';
  readonly offset: number | undefined;
  readonly expected: string | undefined;

  constructor(
    readonly code: CmsErrorCode,
    message: string,
    detail: CmsErrorDetail = {},
  ) {
    super(describe(message, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.offset = detail.offset;
    this.expected = detail.expected;
  }
}

function describe(message: string, { offset, expected }: CmsErrorDetail): string {
  const place = offset === undefined ? '' : ` at byte ${offset}`;
  return `${message}${place}${expected === undefined ? '' : ` (expected ${expected})`}`;
}

/** One error for a wrong key, wrong padding and a wrong authentication tag: a caller must not learn which it was. */
export function undecryptable(): CmsError {
  return new CmsError('CMS_UNDECRYPTABLE', 'the content cannot be decrypted with this session key');
}

/** Of all wrong keys few come here, but too many of those that come here are wrong. */
export function unproved(bits: number, wanted: number): CmsError {
  const message = `the padding is right, but the plaintext looks like noise: ${bits} bits of evidence for the session key`;
  return new CmsError('CMS_UNPROVED', message, { expected: `${wanted} bits` });
}
