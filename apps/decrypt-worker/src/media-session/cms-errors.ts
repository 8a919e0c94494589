import { CmsError } from '#cms';
import { RcsError } from '#platform';

/** What the caller hears of an envelope that cannot be read. */
export function envelopeError(error: unknown): unknown {
  if (!(error instanceof CmsError)) return error;
  // An algorithm that is not read here is named: whoever wrote the recording can choose another one.
  const detail = error.code === 'CMS_UNSUPPORTED' ? { publicDetail: error.message } : {};
  return new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error, ...detail });
}

/** What the caller hears of content that cannot be opened, whether it was cut, changed or encrypted with another key. */
export function contentError(error: unknown): unknown {
  if (!(error instanceof CmsError)) return error;
  const code = isUnproved(error) ? 'RCS_KEY_NOT_PROVED' : 'RCS_MEDIA_UNDECRYPTABLE';
  return new RcsError(code, error.message, { cause: error });
}

/** Says that another key may be the right one. */
export const isWrongKey = (error: unknown): boolean =>
  isUnproved(error) || (error instanceof CmsError && error.code === 'CMS_UNDECRYPTABLE');

/** The padding was right, and nothing else said that the key was. */
export const isUnproved = (error: unknown): boolean => error instanceof CmsError && error.code === 'CMS_UNPROVED';

/** The segments of a file are not as even as its ends made us believe; reading them one by one finds everything. */
export function isUneven(error: unknown): boolean {
  const cause = error instanceof RcsError ? error.cause : error;
  return cause instanceof CmsError && cause.code === 'CMS_PATTERN_BROKEN';
}
