import { locationDigest } from '../removal/location-digest.js';
import type { MediaEncryptionStore, NamedMedia } from '../media-encryption/media-encryption-store.js';
import { storedThing } from './stored-thing.js';
import { mediaEncryptionWrites, type MediaEncryptionWrites } from './writing/media-encryption-writes.js';

export const mediaEncryptions = storedThing<MediaEncryptionWrites, MediaEncryptionStore>({
  writes: mediaEncryptionWrites,

  open(reader, writer) {
    const { database } = reader;
    const named = database.prepare<[Buffer], NamedMedia>(
      `SELECT recording_id AS recordingId, media_id AS mediaId FROM media_location WHERE location = ?
       ORDER BY recording_id, media_id`,
    );
    const removed = database.prepare<[Buffer, string]>(
      'SELECT 1 FROM removed_media WHERE location = ? AND contact_center = ? LIMIT 1',
    );
    return {
      namedBy: location => reader.read(() => named.all(locationDigest(location))),
      isBeingRemoved: (location, contactCenter) =>
        reader.read(() => removed.get(locationDigest(location), contactCenter) !== undefined),
      plan: plan => writer.write('planEncryption', plan),
      encrypt: encryption => writer.write('encryptMedia', encryption),
    };
  },
});
