import { BufferSource, CmsError, unwrap } from '#cms';

/** Beyond any envelope without its content: 2,000,000 characters are the most that the metadata take. */
const deadlineMs = 10_000;

/**
 * The envelope of a media file's metadata as everything behind reads it: without the PEM, the mail or the SignedData that the
 * recorder put around it (docs/stored-files.md), in base64. What cannot be unwrapped stays as it is, and is refused when
 * somebody plays it.
 */
export async function envelopeAsDer(pkcs7: string): Promise<string> {
  const stored = Buffer.from(pkcs7, 'base64');
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const { source, wrappers } = await unwrap(new BufferSource(stored), stored, signal);
    return wrappers.length === 0 ? pkcs7 : (await source.read(0, source.size, signal)).toString('base64');
  } catch (error) {
    if (error instanceof CmsError) return pkcs7;
    throw error;
  }
}
