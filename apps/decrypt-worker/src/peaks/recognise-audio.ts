import { mediaHeadBytes, recogniseMedia } from '#cms';
import { RcsError } from '#platform';
import type { LeasedMedia } from '../media-session/media-session-cache.js';
import type { DecodableFormat } from './wave-form.js';

const decodable: ReadonlySet<string> = new Set<DecodableFormat>(['wav', 'mp3', 'ogg']);

/** Longer files are no call: four GiB. */
const longestBytes = 4 * 1024 ** 3;

/**
 * What the media is by its first bytes: what the metadata says of it nobody has checked.
 * @throws RcsError RCS_PEAKS_UNSUPPORTED naming what it is, RCS_PEAKS_UNDECODABLE for a file that is too long
 */
export async function recogniseAudio({ media, stream }: LeasedMedia, signal: AbortSignal): Promise<DecodableFormat> {
  const { length } = media;
  const pieces: Buffer[] = [];
  if (length > 0) {
    const head = stream(0, Math.min(length, mediaHeadBytes), signal) as AsyncIterable<Buffer>;
    for await (const piece of head) pieces.push(piece);
  }
  const format = recogniseMedia(Buffer.concat(pieces), length)?.format;
  if (format === undefined || !decodable.has(format)) {
    const publicDetail = `the media is ${format ?? 'of no known kind'}`;
    throw new RcsError('RCS_PEAKS_UNSUPPORTED', publicDetail, { publicDetail });
  }
  if (length > longestBytes) {
    const publicDetail = `the media has ${length} bytes; at most ${longestBytes} are decoded`;
    throw new RcsError('RCS_PEAKS_UNDECODABLE', publicDetail, { publicDetail });
  }
  return format as DecodableFormat;
}
