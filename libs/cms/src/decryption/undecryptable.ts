import { CmsError } from '../cms-error.js';

/** One error for a wrong key, wrong padding and a wrong authentication tag: a caller must not learn which it was. */
export function undecryptable(): CmsError {
  return new CmsError('CMS_UNDECRYPTABLE', 'the content cannot be decrypted with this session key');
}

/** Of all wrong keys few come here, but too many of those that come here are wrong. */
export function unproved(bits: number, wanted: number): CmsError {
  const message = `the padding is right, but the plaintext looks like noise: ${bits} bits of evidence for the session key`;
  return new CmsError('CMS_UNPROVED', message, { expected: `${wanted} bits` });
}
