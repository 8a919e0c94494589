import { BufferSource } from '../byte-source/buffer-source.js';
import { CmsError } from '../cms-error.js';
import { unwrap } from './unwrapping.js';

/**
 * The envelope that stands in metadata, without the PEM, the mail, the base64 or the SignedData that a recorder put around
 * it (docs/stored-files.md): what `parseDetachedEnvelope` reads.
 * @returns the very bytes where nothing is around them, and where what is around them cannot be taken away.
 */
export async function unwrapDetachedEnvelope(stored: Buffer, signal: AbortSignal): Promise<Buffer> {
  try {
    const { source, wrappers } = await unwrap(new BufferSource(stored), stored, signal);
    return wrappers.length === 0 ? stored : await source.read(0, source.size, signal);
  } catch (error) {
    if (error instanceof CmsError) return stored;
    throw error;
  }
}
