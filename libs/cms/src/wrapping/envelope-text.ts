import { decodeDigits, digitsOf } from './base64-digits.js';
import { detectWrapper } from './wrapper.js';

/**
 * The bytes of an envelope that may be written as PEM, S/MIME or base64; binary ones are returned as they are, and so is
 * whatever is no envelope, for `parseEnvelope` to say what is wrong with it.
 * @throws CmsError CMS_MALFORMED or CMS_TRUNCATED if the text is broken.
 */
export function decodeEnvelope(stored: Buffer | string): Buffer {
  const bytes = typeof stored === 'string' ? Buffer.from(stored, 'latin1') : stored;
  const wrapper = detectWrapper(bytes);
  if (wrapper === undefined) return bytes;
  if (wrapper.binary === true) return bytes.subarray(wrapper.bodyOffset);
  return decodeDigits(digitsOf(bytes.toString('latin1'), wrapper), wrapper.bodyOffset);
}
