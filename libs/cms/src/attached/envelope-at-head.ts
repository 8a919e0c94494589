import { CmsError } from '../cms-error.js';
import type { Envelope } from '../envelope/envelope.js';
import { parseEnvelopeHead } from '../envelope/envelope-head.js';

/**
 * The envelope at the beginning of a file of which more may come.
 * @param size of the whole file, in bytes.
 * @returns undefined while its end is not at hand.
 * @throws CmsError for what is no envelope.
 */
export function envelopeAtHead(bytes: Buffer, size: number): Envelope | undefined {
  try {
    return parseEnvelopeHead(bytes, size).envelope;
  } catch (error) {
    const isShort = error instanceof CmsError && error.code === 'CMS_TRUNCATED' && error.offset === bytes.length;
    if (isShort && bytes.length < size) return undefined;
    throw error;
  }
}
