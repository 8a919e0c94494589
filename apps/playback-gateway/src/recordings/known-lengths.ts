import { isTakenOnTrust, type Recording, type RecordingStore } from '#store';

/**
 * The lengths of media whose recorder said no size, in bytes by media id: of plain media that of the stored file, once it
 * is pinned. How long encrypted media are only their key tells.
 */
export async function knownLengths(
  recordings: Pick<RecordingStore, 'findPin'>,
  { id, mediaFiles }: Recording,
): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>();
  for (const { mediaId, size, pkcs7 } of mediaFiles) {
    if (size !== undefined || pkcs7 !== undefined) continue;
    const pin = await recordings.findPin(id, mediaId);
    if (pin?.layout === 'plain' && !isTakenOnTrust(pin) && pin.length !== undefined) lengths.set(mediaId, pin.length);
  }
  return lengths;
}
