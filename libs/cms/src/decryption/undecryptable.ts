import { CmsError } from '../cms-error.js';

/** One error for a wrong key, wrong padding and a wrong authentication tag: a caller must not learn which it was. */
export function undecryptable(): CmsError {
  return new CmsError('CMS_UNDECRYPTABLE', 'the content cannot be decrypted with this session key');
}
