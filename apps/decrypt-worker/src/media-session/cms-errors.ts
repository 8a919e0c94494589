import { CmsError } from '#cms';
import { RcsError } from '#platform';

/** What the caller hears of an envelope that cannot be read. */
export function envelopeError(error: unknown): unknown {
  if (!(error instanceof CmsError)) return error;
  // An algorithm that is not read here is named: whoever wrote the recording can choose another one.
  const detail = error.code === 'CMS_UNSUPPORTED' ? { publicDetail: error.message } : {};
  return new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error, ...detail });
}

/**
 * What the caller hears of content that cannot be opened, whether it was cut, changed or encrypted with another key. It
 * is the same whether the padding was wrong, or right and nothing else spoke for the key: that difference, asked for
 * again and again, opens CBC content without a key (Vaudenay, Eurocrypt 2002). The log has it.
 */
export function contentError(error: unknown): unknown {
  return error instanceof CmsError ? new RcsError('RCS_MEDIA_UNDECRYPTABLE', error.message, { cause: error }) : error;
}

/** Says that another key may be the right one. */
export const isWrongKey = (error: unknown): boolean =>
  error instanceof CmsError && (error.code === 'CMS_UNPROVED' || error.code === 'CMS_UNDECRYPTABLE');

/** The segments of a file are not as even as its ends made us believe; reading them one by one finds everything. */
export function isUneven(error: unknown): boolean {
  const cause = error instanceof RcsError ? error.cause : error;
  return cause instanceof CmsError && cause.code === 'CMS_PATTERN_BROKEN';
}
