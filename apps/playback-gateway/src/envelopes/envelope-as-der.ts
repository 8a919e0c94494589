import { unwrapDetachedEnvelope } from '#cms';

/** Nothing is waited for but the processor: 2,000,000 characters are the most that the metadata take. */
const deadlineMs = 10_000;

/**
 * The envelope of a media file's metadata as everything behind reads it, in base64. What cannot be unwrapped stays as it is,
 * and is refused when somebody plays it.
 */
export async function envelopeAsDer(pkcs7: string): Promise<string> {
  const stored = Buffer.from(pkcs7, 'base64');
  const envelope = await unwrapDetachedEnvelope(stored, AbortSignal.timeout(deadlineMs));
  return envelope === stored ? pkcs7 : envelope.toString('base64');
}
