import { CmsError } from '#cms';
import { RcsError } from '#platform';

/** What the caller hears of a problem inside an envelope: whether it can be read, or whether its content can be opened. */
export function fromCmsError(error: unknown): unknown {
  if (!(error instanceof CmsError)) return error;
  const code = error.code === 'CMS_UNDECRYPTABLE' ? 'RCS_MEDIA_UNDECRYPTABLE' : 'RCS_ENVELOPE_UNREADABLE';
  return new RcsError(code, error.message, { cause: error });
}
