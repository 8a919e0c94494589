import { contentError, isUneven } from './cms-errors.js';
import type { MediaOpener, OpenRequest } from './media-opener.js';
import type { OpenMedia } from './media-session.js';

/** What is read of the end: with its last block goes the padding, or the tag, and with the last leaf the content root. */
const provedBytes = 64 * 1024;

/** What opened, and by which key; plain media by none. */
export type ProvedMedia = Pick<OpenMedia, 'length' | 'certificateAlias' | 'openedBy'>;

/**
 * Opens media as a playback does that nobody has opened before, and lets go of it: never by media that is open already, for
 * what a cache holds proves nothing of the key and the storage.
 * @throws RcsError for everything that a player would hear
 */
export async function proveMedia(
  opener: Pick<MediaOpener, 'open'>,
  request: OpenRequest,
  signal: AbortSignal,
): Promise<ProvedMedia> {
  try {
    return await prove(opener, request, signal);
  } catch (error) {
    if (!isUneven(error)) throw contentError(error);
    return prove(opener, { ...request, scanSegments: true }, signal);
  }
}

async function prove(
  opener: Pick<MediaOpener, 'open'>,
  request: OpenRequest,
  signal: AbortSignal,
): Promise<ProvedMedia> {
  const media = await opener.open(request, signal);
  const { length, certificateAlias, openedBy } = media;
  try {
    if (length > 0) {
      const end = media.stream(Math.max(0, length - provedBytes), length, signal) as AsyncIterable<Buffer>;
      for await (const plaintext of end) plaintext.fill(0);
    }
    return { length, certificateAlias, ...(openedBy === undefined ? {} : { openedBy }) };
  } finally {
    media.close();
  }
}
